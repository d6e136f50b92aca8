// MSAL for Node, unmodified, signs in users at the emulator, over https.
//
// NODE_EXTRA_CA_CERTS names the emulator's certificate, and BROWSER a command that opens a page and
// signs in the first user, Ada.

import { spawn } from "node:child_process";

import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";

const ORIGIN = process.env.ORIGIN;
const scopes = ["Presence.Read"];

const auth = (tenant, more) => ({
  clientId: "11111111-2222-4333-8444-555555555555",
  authority: `${ORIGIN}/${tenant}`,
  knownAuthorities: [new URL(ORIGIN).host],
  ...more,
});

const admin = async (path, body) => {
  const response = await fetch(`${ORIGIN}/_emulator/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
};

const graph = async (token) => {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${ORIGIN}/v1.0/me/presence`, { headers });
  return response.ok ? (await response.json()).availability : response.status;
};

const failed = (promise) =>
  promise.then(
    () => "no error",
    (error) => `${error.errorCode}: ${error.errorMessage.match(/AADSTS\d+|\w+/)}`,
  );

await admin("signIns", { intervalSeconds: 1 });
const app = new PublicClientApplication({ auth: auth("organizations") });
const device = (answer) =>
  app.acquireTokenByDeviceCode({
    scopes,
    deviceCodeCallback: ({ userCode }) => admin(`deviceCodes/${userCode}`, answer),
  });
let result = await device({ user: "Ada" });
console.log("msal-node device code:", result.scopes.join(" "), await graph(result.accessToken));
const { account } = result;
console.log("msal-node account:", account.username, account.homeAccountId);
result = await app.acquireTokenSilent({ scopes, account });
console.log("msal-node from the cache:", result.fromCache);
result = await app.acquireTokenSilent({ scopes, account, forceRefresh: true });
console.log("msal-node refresh:", await graph(result.accessToken));
await admin("users/Ada/revoke", {});
const dead = app.acquireTokenSilent({ scopes, account, forceRefresh: true });
console.log("msal-node revoked:", await failed(dead));
console.log("msal-node declined:", await failed(device({ declined: true })));

const browser = process.env.BROWSER.split(" ");
const openBrowser = async (url) =>
  void spawn(browser[0], browser.slice(1).map((word) => word.replace("%s", url)));
result = await app.acquireTokenInteractive({ scopes, openBrowser });
console.log("msal-node browser:", await graph(result.accessToken));

const service = new ConfidentialClientApplication({
  auth: auth("contoso.onmicrosoft.com", { clientSecret: "secret" }),
});
result = await service.acquireTokenByClientCredential({
  scopes: ["https://graph.microsoft.com/.default"],
});
console.log("msal-node secret:", await graph(result.accessToken));
process.exit(0);
