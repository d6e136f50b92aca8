// A person signs in, in a browser: at the address of a program, and with a device's code. A line for each thing that was seen.

import assert from "node:assert";
import { createServer } from "node:http";
import puppeteer from "puppeteer-core";

const { ORIGIN, BROWSER } = process.env;
const client_id = "11111111-2222-4333-8444-555555555555";
const authority = `${ORIGIN}/organizations/oauth2/v2.0`;

/** Prints what was seen, which has to be what is expected. */
function see(what, seen, expected) {
  assert.equal(seen, expected, what);
  console.log(`${what}: ${seen}`);
}

/** Posts a form to the identity platform, as a program does. */
async function post(endpoint, form) {
  const body = new URLSearchParams({ client_id, ...form });
  return (await fetch(`${authority}/${endpoint}`, { method: "POST", body })).json();
}

/** The program that is signed in to: what comes back to it, by GET or POST. */
let back;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  if (pathname === "/back") back(body ? new URLSearchParams(body) : searchParams);
  response.setHeader("Content-Type", "text/html");
  response.end("<!doctype html><title>the program</title>");
});
await new Promise((done) => server.listen(0, "localhost", done));
const program = `http://localhost:${server.address().port}`;
const browser = await puppeteer.launch({
  executablePath: BROWSER,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage();
  const press = (name) => page.locator(`::-p-xpath(//button[contains(., "${name}")])`).click();
  const title = () => page.$eval("h1", (heading) => heading.textContent);
  const address = (more) => {
    const redirect_uri = `${program}/back`;
    const query = { client_id, redirect_uri, response_type: "code", scope: "Presence.Read" };
    return `${authority}/authorize?${new URLSearchParams({ ...query, state: "a&b", ...more })}`;
  };

  for (const response_mode of ["query", "form_post"]) {
    const came = new Promise((done) => (back = done));
    await page.goto(address({ response_mode }));
    assert.equal(await title(), "Pick an account");
    await press("Presenter");
    const answer = await came;
    assert.equal(answer.get("state"), "a&b");
    const redirect_uri = `${program}/back`;
    const form = { grant_type: "authorization_code", code: answer.get("code"), redirect_uri };
    const { access_token } = await post("token", form);
    const headers = { Authorization: `Bearer ${access_token}` };
    const presence = await (await fetch(`${ORIGIN}/v1.0/me/presence`, { headers })).json();
    see(`signed in, ${response_mode}`, presence.activity, "Presenting");
  }
  const came = new Promise((done) => (back = done));
  await page.goto(address({}));
  await press("Cancel");
  see("cancelled", (await came).get("error"), "access_denied");

  const device = await post("devicecode", { scope: "Presence.Read" });
  const grant_type = "urn:ietf:params:oauth:grant-type:device_code";
  const poll = () => post("token", { grant_type, device_code: device.device_code });
  await page.goto(device.verification_uri);
  await page.type("input", device.user_code.toLowerCase());
  await Promise.all([page.waitForNavigation(), press("Next")]);
  see("before the choice", (await poll()).error, "authorization_pending");
  await Promise.all([page.waitForNavigation(), press("Ada")]);
  assert.equal(await title(), "Signed in");
  see("after it", (await poll()).token_type, "Bearer");

  // Another origin, which may open the page and not press its buttons.
  await page.goto(address({}));
  const request = await page.$eval("[name=request]", (input) => input.value);
  await page.goto(program);
  const sent = page.waitForNavigation();
  await page.evaluate(
    (action, request) => {
      document.body.innerHTML = `<form method="post" action="${action}">
        <input name="request" value="${request}"><input name="user" value="Ada"></form>`;
      document.forms[0].submit();
    },
    `${ORIGIN}/organizations/login`,
    request,
  );
  see("a form of another origin", (await sent).status(), 403);
  await page.goto(program);
  const frame = await page.evaluateHandle((url) => {
    const frame = document.createElement("iframe");
    const loaded = new Promise((done) => (frame.onload = () => done(frame)));
    frame.src = url;
    document.body.append(frame);
    return loaded;
  }, address({}));
  // The address of the frame comes a moment after it is loaded.
  const shown = await frame.contentFrame();
  while (!shown.url()) await new Promise((done) => setTimeout(done, 50));
  assert.equal(shown.url(), "chrome-error://chromewebdata/");
  console.log("in a frame: nothing");
} finally {
  await browser.close();
  server.close();
}
