// Microsoft's client for JavaScript, pointed at the emulator over https.

import { Client } from "@microsoft/microsoft-graph-client";

export const ORIGIN = process.env.ORIGIN;
export const ADA = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
export const PRESENTER = "66825e03-7ef5-42da-9069-724602c31f6b";
export const PAUSING = "dc74d9bb-6afe-433d-8eaa-e39d80d3a647";
export const NOBODY = "00000000-0000-4000-8000-000000000000";

/** The client as it is: it adds a token to https URLs of graph.microsoft.com and of customHosts. */
export const client = (token) =>
  Client.init({
    baseUrl: `${ORIGIN}/`,
    customHosts: new Set([new URL(ORIGIN).hostname]),
    authProvider: (done) => done(null, token),
  });

export const pair = ({ availability, activity }) => `${availability}/${activity}`;
