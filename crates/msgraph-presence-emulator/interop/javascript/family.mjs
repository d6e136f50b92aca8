// The whole of presence in Microsoft's client for JavaScript, a line for each step.

import assert from "node:assert";
import { BatchRequestContent, BatchResponseContent } from "@microsoft/microsoft-graph-client";
import { ADA, NOBODY, PAUSING, PRESENTER, client, pair } from "./client.mjs";

const SESSION = "22553876-f5ab-4529-bffb-cfe50aa89f87";
const graph = client("Ada");
const get = async () => pair(await graph.api("/me/presence").get());
const set = (path, body) => graph.api(`${path}/presence/${body.action}`).post(body.parameters);
const me = (action, parameters) => set("/me", { action, parameters });
const user = (action, parameters) => set(`/users/${ADA}`, { action, parameters });
const session = (availability, activity) => ({
  sessionId: SESSION,
  availability,
  activity,
  expirationDuration: "PT1H",
});

const ada = await graph.api("/me").select("id,displayName,userPrincipalName").get();
console.log("get /me:", ada.displayName, ada.userPrincipalName);

await me("setUserPreferredPresence", { availability: "Away", activity: "Away" });
console.log("setUserPreferredPresence at /me:", await get());
await me("clearUserPreferredPresence", {});
console.log("clearUserPreferredPresence at /me:", await get());

const message = { content: "At lunch", contentType: "text" };
await me("setStatusMessage", { statusMessage: { message } });
const { statusMessage } = await graph.api("/me/presence").get();
console.log(`setStatusMessage at /me: "${statusMessage.message.content}"`);

await me("setPresence", session("Busy", "InACall"));
console.log("setPresence at /me:", await get());
await user("setPresence", session("DoNotDisturb", "Presenting"));
console.log("setPresence at /users/{id}, the same session:", await get());
await me("clearPresence", { sessionId: SESSION });
console.log("clearPresence at /me:", await get());
await user("clearPresence", { sessionId: SESSION }).catch((error) =>
  console.log("clearPresence of a session that is gone:", error.statusCode),
);

const ids = [PRESENTER, PAUSING];
const { value } = await graph.api("/communications/getPresencesByUserId").post({ ids });
console.log("getPresencesByUserId:", value.map(pair).join(", "));

// The client cuts off scheme and host, and not the version.
const reads = [ADA, PRESENTER, NOBODY].map((id) => ({
  id,
  request: new Request(`https://graph.microsoft.com/users/${id}/presence`, { method: "GET" }),
}));
const content = await new BatchRequestContent(reads).getContent();
const responses = new BatchResponseContent(await graph.api("/$batch").post(content));
const parts = reads.map(({ id }) => responses.getResponseById(id));
assert.equal(pair(await parts[1].json()), "DoNotDisturb/Presenting");
console.log("a batch of three reads:", parts.map((part) => part.status).join(", "));
