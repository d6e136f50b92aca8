// The documented snippets in Microsoft's client for JavaScript, a line for what each of them sees.

import { ADA, NOBODY, ORIGIN, PAUSING, PRESENTER, client, pair } from "./client.mjs";

/** An administration request. */
const admin = (path, body) =>
  fetch(`${ORIGIN}/_emulator/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });

async function errorOf(call) {
  try {
    await call;
  } catch (error) {
    const ids = error.requestId?.length === 36 ? "with a request id" : "without a request id";
    return `${error.statusCode} ${error.code} ${ids}`;
  }
}

const graph = client("Ada");
const presence = (id) => graph.api(`/users/${id}/presence`).get();
const set = (action, body) => graph.api(`/users/${ADA}/presence/${action}`).post(body);

console.log("get /me/presence:", pair(await graph.api("/me/presence").get()));
console.log("get /users/{id}/presence:", pair(await presence(PRESENTER)));
const seen = () => graph.api(`/communications/presences/${PAUSING}`).get();
console.log("get /communications/presences/{id}:", pair(await seen()));

await set("setStatusMessage", {
  statusMessage: {
    message: { content: "Hey I'm currently in a meeting.", contentType: "text" },
    expiryDateTime: {
      dateTime: "2022-10-18T17:05:33.2079781",
      timeZone: "Pacific Standard Time",
    },
  },
});
let { message, expiryDateTime } = (await presence(ADA)).statusMessage;
console.log(
  `setStatusMessage with an expiry: "${message.content}"`,
  `until ${expiryDateTime.dateTime} ${expiryDateTime.timeZone}`,
);

await set("setStatusMessage", {
  statusMessage: { message: { content: "Hey I am available now", contentType: "text" } },
});
({ message, expiryDateTime } = (await presence(ADA)).statusMessage);
const until = expiryDateTime ?? "ever";
console.log(`setStatusMessage without an expiry: "${message.content}" until ${until}`);

const other = (await client("Bob").api(`/users/${ADA}/presence`).get()).statusMessage;
const hidden = !("expiryDateTime" in other) && !("publishedDateTime" in other);
const rest = hidden ? "neither expiry nor publishing time" : "more than it should see";
console.log(`get another user's status message: "${other.message.content}", ${rest}`);

await set("setUserPreferredPresence", {
  availability: "DoNotDisturb",
  activity: "DoNotDisturb",
  expirationDuration: "PT8H",
});
console.log("setUserPreferredPresence:", pair(await presence(ADA)));

console.log("get an unknown user:", await errorOf(presence(NOBODY)));
console.log("get with a bad token:", await errorOf(client("Nobody").api("/me/presence").get()));

await admin("faults", { kind: "status", status: 429, retryAfter: "1" });
console.log("get when throttled once:", pair(await seen()), "after one retry");
