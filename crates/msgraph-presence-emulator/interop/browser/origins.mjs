// Requests of a page of another origin to the emulator, allowed and refused: a line for each.

import assert from "node:assert";
import { createServer } from "node:http";
import puppeteer from "puppeteer-core";

const { ORIGIN, BROWSER } = process.env;
const PORT = new URL(ORIGIN).port;

/** An administration request, as a program on this machine sends it. */
async function admin(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const reply = await fetch(`${ORIGIN}/_emulator/${path}`, { method, headers, body });
  return reply.json();
}

/** The presences that the emulator's administration shows: what no page may change. */
const users = async () => JSON.stringify((await admin("GET", "state")).users);

/** Runs in a page: the status, some headers and the body of a response, or the name of the error. */
async function call(url, options) {
  try {
    const reply = await fetch(url, options);
    const header = (name) => reply.headers.get(name);
    const [id, after] = [header("request-id"), header("retry-after")];
    return { status: reply.status, type: reply.type, id, after, body: await reply.text() };
  } catch (error) {
    return { error: error.name };
  }
}

const server = createServer((_, response) => {
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><title>a page of another origin</title>");
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const browser = await puppeteer.launch({
  executablePath: BROWSER,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    // Every name leads to this machine, as after DNS rebinding.
    "--host-resolver-rules=MAP *.example 127.0.0.1",
    // Newer Chromium blocks such pages, other browsers do not: the emulator has to.
    "--disable-features=LocalNetworkAccessChecks",
  ],
});
try {
  const page = await browser.newPage();
  const app = `http://app.example:${server.address().port}`;
  await page.goto(app);
  const headers = { Authorization: "Bearer Ada" };
  const json = { ...headers, "Content-Type": "application/json", "client-request-id": "1" };

  // Graph, from a page of another origin.
  const read = await page.evaluate(call, `${ORIGIN}/v1.0/me/presence`, { headers });
  assert.equal(read.type, "cors");
  assert.match(read.id, /^[0-9a-f-]{36}$/);
  console.log("a GET from another origin:", JSON.parse(read.body).availability);
  const body = JSON.stringify({ availability: "Busy", activity: "Busy" });
  const write = { method: "POST", headers: json, body };
  const path = `${ORIGIN}/v1.0/me/presence/setUserPreferredPresence`;
  const written = await page.evaluate(call, path, write);
  const after = await page.evaluate(call, `${ORIGIN}/v1.0/me/presence`, { headers });
  console.log(`a POST: ${written.status}, then ${JSON.parse(after.body).availability}`);
  await admin("POST", "faults", '{"kind":"status","status":429,"retryAfter":"7"}');
  const refused = await page.evaluate(call, path, write);
  assert.match(refused.id, /^[0-9a-f-]{36}$/);
  console.log(`a POST that is throttled: ${refused.status}, Retry-After: ${refused.after}`);

  // The administration API, from the same page.
  const before = await users();
  for (const [path, options] of [
    ["state", {}],
    ["requests", {}],
    ["reset", { method: "POST", headers: { "Content-Type": "application/json" } }],
    ["reset", { method: "POST", body: "{}" }],
    ["requests", { method: "DELETE" }],
  ]) {
    const seen = await page.evaluate(call, `${ORIGIN}/_emulator/${path}`, options);
    assert.deepEqual(seen, { error: "TypeError" }, path);
    // Without CORS a request may be sent, and its response not be read.
    await page.evaluate(call, `${ORIGIN}/_emulator/${path}`, { ...options, mode: "no-cors" });
  }
  assert.equal(await users(), before);
  assert.notEqual((await admin("GET", "requests")).requests.length, 0);
  console.log("the administration from another origin: neither read nor changed");

  // Frames: none shows the page or the API.
  for (const path of ["/", "/_emulator/state"]) {
    await page.goto(app);
    const frame = await page.evaluateHandle((url) => {
      const frame = document.createElement("iframe");
      const loaded = new Promise((done) => (frame.onload = () => done(frame)));
      frame.src = url;
      document.body.append(frame);
      return loaded;
    }, `${ORIGIN}${path}`);
    // The address of the frame comes a moment after it is loaded.
    const shown = await frame.contentFrame();
    while (!shown.url()) await new Promise((done) => setTimeout(done, 50));
    assert.equal(shown.url(), "chrome-error://chromewebdata/", path);
  }
  console.log("in a frame: nothing");

  // DNS rebinding: the page came from the name before the name led to this machine.
  await page.setRequestInterception(true);
  page.on("request", (request) =>
    request.url().endsWith("/bait")
      ? request.respond({ contentType: "text/html", body: "<!doctype html><title>bait</title>" })
      : request.continue(),
  );
  const clock = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: '{"advanceSeconds":0}',
  };
  for (const [host, status] of [["evil.example", 403], ["allowed.example", 200]]) {
    await page.goto(`http://${host}:${PORT}/bait`);
    const state = await users();
    for (const [path, options, content] of [
      ["/", {}, "<title>"],
      ["/_emulator/state", {}, "Ada"],
      ["/_emulator/requests", {}, "Ada"],
      ["/_emulator/clock", clock, "now"],
    ]) {
      const seen = await page.evaluate(call, path, options);
      assert.equal(seen.status, status, `${host}${path}`);
      assert.equal(seen.body.includes(content), status === 200, `${host}${path}`);
    }
    assert.equal(await users(), state);
    console.log(`a page whose name leads here, ${host}: ${status}`);
  }
} finally {
  await browser.close();
  server.close();
}
