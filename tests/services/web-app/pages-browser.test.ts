import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import axe from "axe-core";
import { after, afterEach, before, describe, it } from "mocha";
import { type Browser, chromium, type Page } from "playwright-core";
import { assetScanning } from "../../../services/asset-scanning/app";
import { marketingImmersion } from "../../../services/marketing-immersion/app";
import { portal } from "../../../services/portal/app";
import { startService } from "../../../services/runtime/index";
import { serviceDesk } from "../../../services/service-desk/app";
import { noDirectory } from "../../../services/web-app/directory/directory";
import { needs } from "../../support/needs";
import { type Cluster, postgresPrograms, startCluster } from "../../support/postgres";
import { ALICE, BOB } from "./attacks/target";
import { BLUE_NAME, CAROL, identified, RED_NAME, startOnPostgres, world } from "./support";

const CHROMIUM = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);
/** What WCAG 2.2 AA asks for, and what axe thinks good practice. */
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

describe("the pages of the web apps in a browser", () => {
  let browser: Browser;
  let cluster: Cluster;
  let page: Page;
  const wrong: string[] = [];
  const urls = new Map<string, string>();
  const stops: (() => Promise<void>)[] = [];

  before(async function () {
    this.timeout(60_000);
    needs(this, "Chromium (CHROMIUM names its program)", CHROMIUM !== undefined);
    needs(this, "PostgreSQL (POSTGRES_BIN names the folder of its programs)", postgresPrograms() !== undefined);
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
    cluster = await startCluster();
    for (const [database, app] of Object.entries({
      desk: serviceDesk,
      marketing: marketingImmersion,
      assets: assetScanning,
    })) {
      const { url, stop } = await startOnPostgres(app, cluster, database);
      urls.set(database, url);
      stops.push(stop);
    }
    const entrance = await startService(portal(noDirectory), world({}));
    urls.set("portal", `http://127.0.0.1:${entrance.port}`);
    stops.push(() => entrance.stop());
  });
  after(async () => {
    await browser?.close();
    for (const stop of stops) await stop();
    await cluster?.stop();
  });
  afterEach(async () => {
    await page?.context().close();
    assert.deepEqual(wrong.splice(0), []);
  });

  async function open(app: string, path: string, who = ALICE, options: Parameters<Browser["newContext"]>[0] = {}) {
    const context = await browser.newContext({ extraHTTPHeaders: identified(who), ...options });
    page = await context.newPage();
    page.on("console", (entry) => entry.type() === "error" && wrong.push(entry.text()));
    page.on("pageerror", (error) => wrong.push(error.message));
    await page.goto(urls.get(app)! + path);
  }

  /** What somebody with a screen reader, a keyboard or weak eyes would stumble over, in both colours and on a telephone. */
  async function isSound(): Promise<void> {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.evaluate(axe.source);
      const found = await page.evaluate<axe.Result[]>(
        `axe.run(document, { runOnly: ${JSON.stringify(RULES)} }).then(({ violations }) => violations)`,
      );
      const told = found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      assert.deepEqual(told, [], `${page.url()}, ${colorScheme}`);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    assert.equal(await page.evaluate("document.documentElement.scrollWidth"), 320, page.url());
    await page.setViewportSize({ width: 1280, height: 720 });
  }

  const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

  it("open a ticket, from the keyboard alone, and follow it", async () => {
    await open("desk", "/service-desk");
    await isSound();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "To the content");
    await page.getByRole("link", { name: "New ticket" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("What is it about?").focus();
    await page.keyboard.type("Screen stays dark");
    await page.keyboard.press("Tab");
    await page.keyboard.type(RED_NAME);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Since the update.\nNothing helps.");
    await isSound();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Screen stays dark", level: 1 }).waitFor();
    await isSound();
    await page.getByLabel("Your comment").fill("I tried another cable.");
    await press("Comment");
    await page.getByText("I tried another cable.").waitFor();
    await page.getByLabel("Status").selectOption("waiting");
    await press("Save");
    await page.locator("dd", { hasText: "waiting" }).waitFor();
    await isSound();
    const path = new URL(page.url()).pathname;
    await page.context().close();
    await open("desk", path, CAROL);
    await page.getByLabel("Only the team is to see this").check();
    await page.getByLabel("Your comment").fill("The third this week.");
    await press("Comment");
    await page.getByText("only the team sees this").waitFor();
    await isSound();
    await page.getByRole("link", { name: "Service desk" }).click();
    await page.getByRole("link", { name: "Screen stays dark" }).waitFor();
    await isSound();
  });

  it("plan a campaign with one's team, and see it there", async () => {
    await open("marketing", "/marketing-immersion/campaigns/new", BOB);
    await isSound();
    await page.getByLabel("Title").fill("The harvest from above");
    await page.getByLabel("What are people to experience?").fill("A film over the vineyards.");
    await page.getByLabel("First day").fill("2027-04-15");
    await page.getByLabel("Shared with").selectOption({ label: BLUE_NAME });
    assert.equal(await page.getByLabel("Shared with").locator("option").count(), 2, "only teams of one's own");
    await press("Plan campaign");
    await page.getByLabel("New experience").fill("Over the hills");
    await page.getByLabel("Kind").selectOption("360° tour");
    await press("Add");
    await page.getByText("added by you").waitFor();
    await page.getByLabel("Stage").selectOption("live");
    await press("Save");
    await page.locator("dd", { hasText: "live" }).waitFor();
    await isSound();
    await page.getByRole("link", { name: "Marketing immersion" }).click();
    await page.getByText("1 experience", { exact: true }).waitFor();
    await isSound();
  });

  it("record, scan and mend an asset", async () => {
    await open("assets", "/asset-scanning/assets/new", BOB);
    await isSound();
    await page.getByLabel("Code on the label").fill("lt-20417");
    await page.getByLabel("Name").fill("Laptop");
    await page.getByLabel("Place").fill("Home office");
    await press("Record asset");
    await page.getByLabel("What was found?").fill("The disk is not encrypted.");
    await page.getByLabel("Severity").selectOption("critical");
    await press("Report");
    await page.getByText("The disk is not encrypted.").waitFor();
    await isSound();
    await page.goto(`${urls.get("assets")}/asset-scanning`);
    assert.equal(await page.evaluate("document.activeElement.id"), "code", "a scanner can type at once");
    await page.keyboard.type(" lt-20417 ");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "LT-20417 Laptop" }).waitFor();
    await page.getByLabel("State").selectOption("fixed");
    await press("Set");
    await page.locator(".mark", { hasText: "fixed" }).waitFor();
    await page.getByLabel("New place").fill("Room 2.14");
    await press("Move");
    await page.locator("dd", { hasText: "Room 2.14" }).waitFor();
    await page.goto(`${urls.get("assets")}/asset-scanning?code=NONE-1`);
    await page.getByText("No asset of yours or your teams has this code.").waitFor();
    await isSound();
  });

  it("say what is wrong, and what is not there", async () => {
    await open("portal", "/");
    await isSound();
    await page.getByRole("link", { name: "Who am I?" }).click();
    await page.getByText(ALICE).waitFor();
    await isSound();
    await page.context().close();
    await open("desk", "/service-desk/tickets/00000000-0000-4000-8000-000000000000");
    await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
    await isSound();
    wrong.splice(0, 1);
    await page.goto(`${urls.get("assets")}/asset-scanning?code=!`);
    await page.getByRole("alert").getByText("code: allowed: 3 to 40").waitFor();
    await isSound();
    assert.match(wrong.splice(0).join(), /400/);
  });

  it("lose nothing that was written when the session has ended", async () => {
    await open("desk", "/service-desk/tickets/new");
    let hasEnded = true;
    await page.route("**/tickets/new", (route) => {
      if (route.request().method() !== "HEAD" || !hasEnded) return route.continue();
      assert.equal(route.request().headers()["x-requested-with"], "XMLHttpRequest");
      return route.fulfill({ status: 401 });
    });
    await page.getByLabel("What is it about?").fill("Written before the end");
    await page.getByLabel("What happened").fill("All of this.");
    await press("Open ticket");
    await page.getByRole("alert").getByText("Your session has ended.").waitFor();
    assert.equal(await page.evaluate("document.activeElement.textContent"), "Sign in again in a new tab");
    await isSound();
    assert.equal(await page.getByLabel("What is it about?").inputValue(), "Written before the end");
    hasEnded = false;
    await press("Open ticket");
    await page.getByRole("heading", { name: "Written before the end", level: 1 }).waitFor();
    assert.match(wrong.splice(0).join(), /^Failed to load resource: the server responded with a status of 401/);
  });

  it("work without scripts", async () => {
    await open("desk", "/service-desk/tickets/new", ALICE, { javaScriptEnabled: false });
    await page.getByLabel("What is it about?").fill("Without scripts");
    await page.getByLabel("What happened").fill("All of this.");
    await press("Open ticket");
    await page.getByRole("heading", { name: "Without scripts", level: 1 }).waitFor();
  });
});
