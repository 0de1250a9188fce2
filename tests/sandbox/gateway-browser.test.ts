/** A load balancer with Identity-Aware Proxy in a real browser, at the address of this machine, with nothing set up in it. */
import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type LoopbackEntrance, openLoopbackEntrance } from "../../sandbox/running";
import { needs } from "../support/needs";
import { HOST } from "./data-plane/balanced";
import { openGateway } from "./data-plane/gateway";
import type { Mesh } from "./data-plane/mesh";

const CHROMIUM = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

describe("load balancer in a browser", function () {
  this.timeout(60_000);
  let mesh: Mesh;
  let entrance: LoopbackEntrance;
  let browser: Browser;
  let context: BrowserContext;
  let ahead = 0;
  const at = (path: string) => `${entrance.url}${path}`;

  before(async function () {
    needs(this, "Chromium (CHROMIUM names its program)", CHROMIUM !== undefined);
    mesh = await openGateway(() => new Date(Date.now() + ahead));
    await mesh.plane.ready();
    entrance = (await openLoopbackEntrance(mesh.plane))!;
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    await entrance?.close();
    await mesh?.plane.close();
  });
  beforeEach(async () => {
    ahead = 0;
    context = await browser.newContext();
  });
  afterEach(() => context?.close());

  /** Opens an address; whoever is asked who they are is this one. */
  async function signIn(page: Page, address: string, who: string): Promise<void> {
    await page.goto(address);
    assert.match(page.url(), /^http:\/\/login\.microsoftonline\.com\.localhost:\d+\//);
    await page.getByRole("button", { name: who }).click();
    await page.waitForURL((url) => url.host === new URL(entrance.url).host && !url.search.includes("AUTHENTICATING"));
  }
  const seen = async (page: Page) => JSON.parse(await page.locator("body").innerText());
  const isAsked = (page: Page) => page.url().startsWith("http://login.microsoftonline.com.localhost:");

  it("asks who somebody is, and is back on the page that was asked for, with its query", async () => {
    const page = await context.newPage();
    await signIn(page, at("/desk/tickets?open=1&q=a%20b"), "Mia Moss");
    assert.equal(page.url(), at("/desk/tickets?open=1&q=a%20b"));
    const { service, url, headers } = await seen(page);
    assert.deepEqual([service, url, headers.host], ["desk", "/desk/tickets?open=1&q=a%20b", HOST]);
    assert.equal(headers["x-goog-authenticated-user-email"], "sts.google.com:mia@acme.example");
    const [session] = (await context.cookies(at("/"))).filter(({ name }) => name.includes("GCP_IAP_AUTH_TOKEN"));
    assert.deepEqual([session?.httpOnly, session?.path, session?.domain], [true, "/", `${HOST}.localhost`]);
  });

  it("lets nobody in without access", async () => {
    const page = await context.newPage();
    await signIn(page, at("/"), "nil");
    assert.match(await page.locator("body").innerText(), /You don't have access/);
    assert.match(mesh.said(), /^403 ailab\.example: nil@acme\.example has no roles\/iap\.httpsResourceAccessor on /);
  });

  it("ends the session when somebody signs out", async () => {
    const page = await context.newPage();
    await signIn(page, at("/"), "Mia Moss");
    await page.goto(at("/?gcp-iap-mode=CLEAR_LOGIN_COOKIE"));
    assert.ok(isAsked(page), page.url());
    const cookies = (await context.cookies(at("/"))).map(({ name }) => name);
    assert.deepEqual(
      cookies.filter((name) => !name.startsWith("GCP_IAP_XSRF_NONCE_")),
      [],
    );
  });

  it("lets two tabs sign in side by side, each back on its own page", async () => {
    const [one, two] = [await context.newPage(), await context.newPage()];
    await one.goto(at("/desk?tab=1"));
    await two.goto(at("/desk?tab=2"));
    for (const [page, tab] of [
      [two, "2"],
      [one, "1"],
    ] as const) {
      await page.getByRole("button", { name: "Mia Moss" }).click();
      await page.waitForURL(at(`/desk?tab=${tab}`));
      assert.equal((await seen(page)).service, "desk");
    }
  });

  it("has somebody sign in anew when the pool's session is over", async () => {
    const page = await context.newPage();
    await signIn(page, at("/"), "Mia Moss");
    ahead = 1_799_000;
    await page.reload();
    assert.equal((await seen(page)).service, "portal");
    ahead = 1_801_000;
    await page.goto(at("/"));
    assert.ok(isAsked(page), page.url());
  });

  it("takes what a browser brings back once, and no altered session", async () => {
    const page = await context.newPage();
    const returned = page.waitForRequest((request) => request.url().includes("redirect_token_v2="));
    await signIn(page, at("/"), "Mia Moss");
    const replayed = await page.goto((await returned).url());
    assert.equal(replayed?.status(), 400);
    assert.match(await page.locator("body").innerText(), /Error code 9$/);
    const refused = mesh.decisions.findLast(({ reason }) => reason === "iap-callback");
    assert.equal(refused?.message, "what came back from the sign-in is used already");
    await page.goto(at("/"));
    assert.equal((await seen(page)).service, "portal");
    const [session] = (await context.cookies(at("/"))).filter(({ name }) => name.includes("GCP_IAP_AUTH_TOKEN"));
    await context.addCookies([{ ...session!, value: `${session!.value}x` }]);
    await page.goto(at("/"));
    assert.ok(isAsked(page), page.url());
  });

  it("answers a page's own request with 401 until somebody has opened the other backend", async () => {
    const page = await context.newPage();
    await signIn(page, at("/"), "Mia Moss");
    const ask = () =>
      page.evaluate(async () => {
        const answer = await fetch("/desk", { headers: { "X-Requested-With": "XMLHttpRequest" } });
        return answer.status;
      });
    assert.equal(await ask(), 401);
    await signIn(await context.newPage(), at("/desk"), "Mia Moss");
    assert.equal(await ask(), 200);
  });
});
