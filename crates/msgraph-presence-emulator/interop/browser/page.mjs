// Clicks through the emulator's page, a line for each thing that was seen.

import puppeteer from "puppeteer-core";

const { ORIGIN, BROWSER, SCREENSHOT } = process.env;
const ADA = "fa8bf3dc-eca7-46b7-bad1-db199b62afc3";

/** A call to Graph, as the program under test would make it. */
async function graph(method, path, body) {
  const reply = await fetch(`${ORIGIN}/v1.0${path}`, {
    method,
    headers: { Authorization: "Bearer Ada", "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
  });
  return reply.status;
}

const browser = await puppeteer.launch({
  executablePath: BROWSER,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage();
  await page.setViewport({ width: 1100, height: 1000 });
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (line) => line.type() === "error" && problems.push(line.text()));
  await page.goto(`${ORIGIN}/`);

  /** Waits until an element shows a text, and says so. */
  async function sees(what, selector, text) {
    const shows = (selector, text) =>
      document.querySelector(selector)?.textContent.includes(text) ?? false;
    await page.waitForFunction(shows, { timeout: 5000 }, selector, text);
    console.log(`${what}: ${text}`);
  }

  /** Clicks the button with a text, within an element. */
  async function click(within, text) {
    const button = await page.waitForSelector(`${within} ::-p-text(${text})`);
    await button.click();
  }

  await sees("the clock", "#time", "2022-10-18 20:00:00 UTC");
  await sees("Ada", "[data-user=Ada] .presence", "Available / Available");
  await sees("Bob", "[data-user=Bob] .presence", "Offline / Offline");

  await click("[data-user=Bob]", "Sign in");
  await sees("Bob, signed in by a click", "[data-user=Bob] .presence", "Available / Available");
  await click("[aria-label=Clock]", "+5 minutes");
  await sees("the clock, five minutes on", "#time", "2022-10-18 20:05:00 UTC");
  await sees("Bob then", "[data-user=Bob] .presence", "Available / AvailableInactive");

  await click("body", "Inject");
  await sees("the fault", "#faults", "status 429, Retry-After: 2");
  const status = await graph("GET", "/me/presence");
  await sees(`a call, answered with ${status}`, "#requests", "fault: status 429");

  await graph("POST", `/users/${ADA}/presence/setUserPreferredPresence`, {
    availability: "DoNotDisturb",
    activity: "DoNotDisturb",
    expirationDuration: "PT8H",
  });
  await graph("POST", `/users/${ADA}/presence/setStatusMessage`, {
    statusMessage: { message: { content: "<b>In a meeting</b>", contentType: "text" } },
  });
  await sees("Ada, after two calls", "[data-user=Ada] .presence", "DoNotDisturb");
  await sees("her message, as text", "[data-user=Ada] .message", "<b>In a meeting</b>");

  await graph("POST", "/me/presence/setPresence", {
    sessionId: "22553876-f5ab-4529-bffb-cfe50aa89f87",
    availability: "Busy",
    activity: "InACall",
  });
  const session = "Busy/InACall of the application 22553876";
  await sees("her session of an application", "[data-user=Ada]", session);
  await graph("POST", "/me/presence/setManualLocation", { workLocationType: "remote" });
  await sees("her work location", "[data-user=Ada] .location", "remote (manual)");


  await click("[data-user=Bob] .row", "Out of office");
  await sees("Bob, out of office by a click", "[data-user=Bob] .away", "Out of office");
  await click("[data-user=Bob] li", "End");
  await sees("Bob, his session ended by a click", "[data-user=Bob] .presence", "Offline / Offline");
  await graph("POST", "/me/presence/setPresence", { sessionId: "x", availability: "Busy" });
  await sees("a refusal, with its reason", "#requests .bad:last-child", "[availability] and [activity]");
  const width = async (pixels) => {
    await page.setViewport({ width: pixels, height: 900 });
    return page.evaluate(() => document.documentElement.scrollWidth);
  };
  const narrow = await width(375);
  if (narrow > 375) throw new Error(`the page is ${narrow} wide on a screen of 375`);
  await page.setViewport({ width: 1100, height: 1000 });
  await page.screenshot({ path: SCREENSHOT, fullPage: true });
  if (problems.length) throw new Error(problems.join("; "));
  console.log(`the screenshot: ${SCREENSHOT}`);
} finally {
  await browser.close();
}
