// The whole of presence in PnPjs (@pnp/graph), a line for each step.

import assert from "node:assert";
import { graphfi, DefaultHeaders, DefaultInit } from "@pnp/graph";
import "@pnp/graph/batching.js";
import "@pnp/graph/cloud-communications/index.js";
import "@pnp/graph/users/index.js";
import { BearerToken, BrowserFetchWithRetry, DefaultParse } from "@pnp/queryable";

const ORIGIN = process.env.ORIGIN;
const ADA = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";
const PRESENTER = "66825e03-7ef5-42da-9069-724602c31f6b";
const PAUSING = "dc74d9bb-6afe-433d-8eaa-e39d80d3a647";
const NOBODY = "00000000-0000-4000-8000-000000000000";
const SESSION = "22553876-f5ab-4529-bffb-cfe50aa89f87";

const graph = graphfi().using(
  DefaultHeaders(),
  DefaultInit(`${ORIGIN}/v1.0`),
  BrowserFetchWithRetry(),
  DefaultParse(),
  BearerToken("Ada"),
);
const user = (id) => graph.users.getById(id).presence;
const pair = ({ availability, activity }) => `${availability}/${activity}`;
const get = async () => pair(await graph.me.presence());
const session = (availability, activity) => ({
  sessionId: SESSION,
  availability,
  activity,
  expirationDuration: "PT1H",
});

const ada = await graph.me.select("id", "displayName", "userPrincipalName")();
console.log("get /me:", ada.displayName, ada.userPrincipalName);

await graph.me.presence.setPreferredPresence({ availability: "Away", activity: "Away" });
console.log("setUserPreferredPresence at /me:", await get());
// Without a body, but with a Content-Type.
await graph.me.presence.clearPreferredPresence();
console.log("clearUserPreferredPresence at /me:", await get());

const message = { content: "At lunch", contentType: "text" };
await graph.me.presence.setStatusMessage({ message });
const { statusMessage } = await graph.me.presence();
console.log(`setStatusMessage at /me: "${statusMessage.message.content}"`);

await graph.me.presence.setPresence(session("Busy", "InACall"));
console.log("setPresence at /me:", await get());
await user(ADA).setPresence(session("DoNotDisturb", "Presenting"));
console.log("setPresence at /users/{id}, the same session:", await get());
await graph.me.presence.clearPresence(SESSION);
console.log("clearPresence at /me:", await get());
await user(ADA)
  .clearPresence(SESSION)
  .catch((error) => console.log("clearPresence of a session that is gone:", error.status));

const presences = await graph.communications.getPresencesByUserId([PRESENTER, PAUSING]);
const value = presences.value ?? presences;
console.log("getPresencesByUserId:", value.map(pair).join(", "));

const [batched, execute] = graph.batched();
const statuses = [];
const reads = [ADA, PRESENTER, NOBODY].map((id, n) =>
  batched.users
    .getById(id)
    .presence()
    .then(
      (presence) => {
        statuses[n] = 200;
        return presence;
      },
      (error) => {
        statuses[n] = error.status;
      },
    ),
);
await execute();
const parts = await Promise.all(reads);
assert.equal(pair(parts[1]), "DoNotDisturb/Presenting");
console.log("a batch of three reads:", statuses.join(", "));
