import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, afterEach, before, describe, it } from "mocha";
import { type Browser, chromium, type Page } from "playwright-core";
import { chatBackend } from "../../services/backend/service";
import { frontend } from "../../services/frontend/service";
import { type RunningService, startService } from "../../services/runtime/index";
import { needs } from "../support/needs";
import { proxyWith, stopAll } from "./auth-proxy/support";

const CHROMIUM = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
const END = "each of these words reaches you as it is sent.";

describe("the chat page in a browser, through the auth proxy", () => {
  let browser: Browser;
  let backend: RunningService;
  let page: Page;
  let wrong: string[];
  let asked: string[];

  before(async function () {
    this.timeout(60_000);
    needs(this, "Chromium (CHROMIUM names its program)", CHROMIUM !== undefined);
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  });
  after(() => browser?.close());
  afterEach(async () => {
    await page?.context().close();
    await stopAll();
    await backend?.stop();
  });

  async function open(options: Parameters<Browser["newContext"]>[0] = {}): Promise<string> {
    const service = { env: { PORT: "0", BIND_ADDRESS: "127.0.0.1" }, line: () => {} };
    backend = await startService(chatBackend(), service);
    const pages = await startService(frontend(), service);
    const proxy = await proxyWith({
      FRONTEND_URL: `http://127.0.0.1:${pages.port}`,
      BACKEND_URL: `http://127.0.0.1:${backend.port}`,
      ROUTES: '{"/":"frontend","/chat":"backend"}',
    });
    page = await (await browser.newContext(options)).newPage();
    wrong = [];
    asked = [];
    page.on("console", (entry) => entry.type() === "error" && wrong.push(entry.text()));
    page.on("pageerror", (error) => wrong.push(error.message));
    page.on("request", (request) => asked.push(new URL(request.url()).origin));
    page.once("close", () => pages.stop());
    await page.goto(proxy.url);
    return proxy.url;
  }

  const field = () => page.getByLabel("Your message");
  const focused = () => page.evaluate<string>("document.activeElement.id");
  const answer = () => page.locator("#messages li.theirs span");

  it("answers as the words come, from the keyboard alone, and reads the whole answer out once", async () => {
    const origin = await open();
    assert.equal(await focused(), "message");
    await page.evaluate(`
      globalThis.told = [];
      new MutationObserver(() => told.push(announcement.textContent)).observe(announcement, { childList: true });
    `);
    await page.keyboard.type("hello there");
    await page.keyboard.press("Enter");
    await answer().filter({ hasText: "Hello." }).waitFor();
    assert.ok(!(await answer().textContent())!.endsWith(END), "the first words are there before the last");
    assert.equal(await page.locator("li.theirs").getAttribute("aria-busy"), "true");
    await answer().filter({ hasText: END }).waitFor();
    await page.locator("li.theirs:not([aria-busy])").waitFor();
    assert.match(
      (await answer().textContent())!,
      /^Hello\. You wrote 2 words: “hello there”\. It is your first message\./,
    );
    const told = await page.evaluate<string[]>("told");
    assert.equal(told[0], "Sent. Waiting for the answer.");
    assert.deepEqual([told.length, told[1]!.endsWith(END)], [2, true]);
    assert.equal(await focused(), "message");
    await page.keyboard.type("and");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("again");
    await page.keyboard.press("Enter");
    await answer().nth(1).filter({ hasText: "It is message 2 of this conversation." }).waitFor();
    assert.deepEqual([wrong, new Set(asked)], [[], new Set([origin])]);
  });

  it("stops an answer by Escape or its button, and the focus goes back to the field", async () => {
    await open();
    for (const stop of [
      () => page.keyboard.press("Escape"),
      () => page.getByRole("button", { name: "Stop" }).click(),
    ]) {
      await field().fill("hello");
      await page.keyboard.press("Enter");
      await answer().last().filter({ hasText: "Hello." }).waitFor();
      await stop();
      await page.locator("#announcement", { hasText: "Stopped." }).waitFor();
      assert.equal(await focused(), "message");
      assert.ok(!(await answer().last().textContent())!.endsWith(END));
      assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);
    }
    assert.deepEqual(wrong, []);
  });

  it("says what went wrong, to eyes and ears, and keeps what was written", async () => {
    await open();
    await backend.stop();
    await field().fill("hello");
    await page.getByRole("button", { name: "Send" }).click();
    const text = "backend: the connection failed";
    await page.locator("#problem", { hasText: text }).waitFor();
    assert.equal(await page.locator("#announcement").textContent(), text);
    assert.equal(await field().inputValue(), "hello");
    assert.equal(await field().getAttribute("aria-invalid"), "true");
    assert.equal(await focused(), "message");
  });

  it("shows what is written as text, whatever it looks like", async () => {
    await open();
    await field().fill("<img src=x onerror=alert(1)>");
    await page.keyboard.press("Enter");
    await answer().filter({ hasText: END }).waitFor();
    assert.equal(await page.locator("#messages img").count(), 0);
    assert.ok((await answer().textContent())!.includes("“<img src=x onerror=alert(1)>”"));
    assert.deepEqual(wrong, []);
  });

  it("is dark and still where that is asked for, and fits a telephone", async () => {
    await open({ colorScheme: "dark", reducedMotion: "reduce", viewport: { width: 320, height: 600 } });
    const looks = await page.evaluate(`(() => {
      const item = document.createElement("li");
      item.setAttribute("aria-busy", "true");
      messages.append(item);
      return {
        back: getComputedStyle(document.body).backgroundColor,
        motion: getComputedStyle(item, "::after").animationName,
        wide: document.documentElement.scrollWidth,
      };
    })()`);
    assert.deepEqual(looks, { back: "rgb(22, 22, 26)", motion: "none", wide: 320 });
  });

  it("fetches a session with the backend by going there, and sends what was written on the way back", async () => {
    const origin = await open();
    let session = false;
    let refused = 0;
    await page.route("**/chat", async (route) => {
      const isNavigation = route.request().isNavigationRequest();
      session ||= isNavigation;
      if (session) return route.continue();
      refused += 1;
      const headers = { "x-goog-iap-generated-response": "true" };
      return route.fulfill({ status: 401, headers, body: "Invalid IAP credentials: empty token" });
    });
    await page.keyboard.type("hello there");
    await page.keyboard.press("Enter");
    await answer().filter({ hasText: END }).waitFor();
    assert.equal(await page.locator("li.mine span").textContent(), "hello there");
    assert.equal(page.url(), `${origin}/`);
    assert.equal(refused, 1);
  });

  it("says that the session has ended where going there gave none", async () => {
    await open();
    const headers = { "x-goog-iap-generated-response": "true" };
    await page.route("**/chat", (route) =>
      route.request().isNavigationRequest() ? route.continue() : route.fulfill({ status: 401, headers, body: "no" }),
    );
    await page.keyboard.type("hello there");
    await page.keyboard.press("Enter");
    await page.locator("#problem", { hasText: "Your session has ended. Reload the page to sign in again." }).waitFor();
    assert.equal(await field().inputValue(), "hello there");
  });
});
