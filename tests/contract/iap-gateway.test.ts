/** The example of the gateway as its people see it: a real browser, the real apps, sign-in and rows. */
import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { type LoopbackEntrance, openLoopbackEntrance } from "../../sandbox/running";
import { needs } from "../support/needs";
import { openSandboxMesh, type Running, stackConfigOf } from "./running";

const CHROMIUM = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

describe("examples/iap-gateway.yaml in a browser", function () {
  this.timeout(120_000);
  let running: Running;
  let entrance: LoopbackEntrance;
  let browser: Browser;
  before(async function () {
    needs(this, "Chromium (CHROMIUM names its program)", CHROMIUM !== undefined);
    running = await openSandboxMesh(stackConfigOf("examples/iap-gateway.yaml"));
    entrance = (await openLoopbackEntrance(running.mesh.plane))!;
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    await entrance?.close();
    await running?.close();
  });

  const at = (path: string) => `${entrance.url}${path}`;
  /** Opens an address in a browser of somebody's own, and signs in where that is asked. */
  async function openAs(who: string, address: string): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    page.setDefaultTimeout(60_000);
    await visit(page, who, address);
    return page;
  }
  async function visit(page: Page, who: string, address: string): Promise<void> {
    await page.goto(at(address));
    const button = page.getByRole("button", { name: who });
    if (await button.isVisible()) {
      await button.click();
      await page.waitForURL((url) => url.host === new URL(entrance.url).host && !url.search.includes("AUTHENTICATING"));
    }
  }
  const text = (page: Page) => page.locator("body").innerText();

  it("brings somebody back to the app and the query that they asked for, as who they are", async () => {
    const page = await openAs("Ada", "/service-desk?status=open");
    assert.equal(page.url(), at("/service-desk?status=open"));
    assert.match(await text(page), /Signed in as ada@acme\.example/);
    await page.context().close();
  });

  it("shows each person their own rows and their teams', and nobody else's", async () => {
    const title = "The printer on the third floor prints in pink";
    const ada = await openAs("Ada", "/service-desk/tickets/new");
    await ada.getByLabel("What is it about?").fill(title);
    await ada.getByLabel("Who is to help?").selectOption({ label: "IT support" });
    await ada.getByLabel(/^What happened/).fill("Since Monday, whatever the document is.");
    await ada.getByRole("button", { name: "Open ticket" }).click();
    await ada.waitForURL(/\/service-desk\/tickets\/(?!new)[^/]+$/);
    await visit(ada, "Ada", "/service-desk");
    assert.ok((await text(ada)).includes(title));
    const ben = await openAs("Ben", "/service-desk");
    const seen = await text(ben);
    assert.match(seen, /\tMarketing\tAda\t/);
    assert.ok(!seen.includes(title));
    assert.doesNotMatch(seen, /\tIT support\t(?!you)/);
    await Promise.all([ada.context().close(), ben.context().close()]);
  });

  it("lets a contractor into the one app that is theirs, and somebody without access into none", async () => {
    const dora = await openAs("Dora", "/asset-scanning");
    assert.match(await text(dora), /Signed in as dora@scanners\.example/);
    await visit(dora, "Dora", "/service-desk");
    assert.match(await text(dora), /You don't have access/);
    const eve = await openAs("Eve", "/");
    assert.match(await text(eve), /You don't have access/);
    await Promise.all([dora.context().close(), eve.context().close()]);
  });

  it("ends the session at the portal's own sign-out, and returns to no other origin after a sign-in", async () => {
    const page = await openAs("Ben", "/login?next=/me");
    assert.equal(page.url(), at("/me"));
    await page.goto(at("/login?next=https%3A%2F%2Felsewhere.example%2F"));
    assert.equal(page.url(), at("/"));
    await page.goto(at("/logout"));
    assert.match(page.url(), /^http:\/\/login\.microsoftonline\.com\.localhost:/);
    await page.context().close();
  });
});
