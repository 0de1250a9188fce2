/** The example of the auth proxy in a real browser: page, sign-in as played, proxy, ID tokens, front end, backend. */
import * as assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import type { Decision } from "../../sandbox/data-plane";
import { openBrowserEntrance } from "../../sandbox/running";
import { needs } from "../support/needs";
import { openSandboxMesh, type Running, stackConfigOf } from "./running";

const CHROMIUM = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

describe("examples/auth-proxy.yaml in a browser", function () {
  this.timeout(90_000);
  let running: Running;
  let browser: Browser;
  const decisions: Decision[] = [];
  before(async function () {
    needs(this, "Chromium (CHROMIUM names its program)", CHROMIUM !== undefined);
    running = await openSandboxMesh(stackConfigOf("examples/auth-proxy.yaml"));
    running.mesh.watch((decision) => void decisions.push(decision));
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ["--no-sandbox"] });
  });
  after(async () => {
    await browser?.close();
    await running?.close();
  });
  beforeEach(() => {
    decisions.length = 0;
  });

  const service = () => running.mesh.service("auth-proxy");
  /** A browser behind somebody's own proxy, which is what tells the mesh who is signed in. */
  async function signedInAs(email: string | undefined): Promise<BrowserContext> {
    const access = await running.mesh.plane.proxyFor(email === undefined ? {} : { email });
    const { origin, username, password } = new URL(access.url);
    return browser.newContext({ proxy: { server: origin, username, password }, ignoreHTTPSErrors: true });
  }
  const chat = async (context: BrowserContext, url: string) => {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("console", (entry) => entry.type() === "error" && errors.push(entry.text()));
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(url);
    await page.getByLabel("Your message").fill("hello there");
    await page.keyboard.press("Enter");
    await page.locator("li.theirs").filter({ hasText: "You wrote 2 words" }).waitFor();
    await page.locator("li.theirs:not([aria-busy])").waitFor();
    assert.deepEqual(errors, []);
    return (await page.locator("li.theirs").textContent()) ?? "";
  };
  const seen = () => decisions.map(({ caller, callee, path, code }) => `${code} ${caller} -> ${callee} ${path}`);

  it("lets whoever signs in and has a grant talk to a backend that takes calls of the proxy alone", async () => {
    const context = await signedInAs(running.mesh.identity(undefined, service()).email);
    try {
      await chat(context, service().url);
      const account = "auth-proxy-sa@acme-dev.iam.gserviceaccount.com";
      for (const line of [
        "200 staff-member@acme.example -> auth-proxy /",
        `200 ${account} -> frontend /`,
        "200 staff-member@acme.example -> auth-proxy /chat",
        `200 ${account} -> backend /chat`,
      ]) {
        assert.ok(seen().includes(line), `${line}\n${seen().join("\n")}`);
      }
    } finally {
      await context.close();
    }
  });

  it("shows the page of a stranger who signs in nothing but that there is no access", async () => {
    const context = await signedInAs("mallory@elsewhere.example");
    try {
      const page = await context.newPage();
      const answer = await page.goto(service().url);
      assert.equal(answer?.status(), 403);
      assert.match((await page.textContent("body")) ?? "", /You don't have access/);
      assert.deepEqual(
        decisions.filter(({ callee }) => ["frontend", "backend"].includes(callee)),
        [],
      );
    } finally {
      await context.close();
    }
  });

  it("works at the address of this machine that npm start tells, with no proxy to set up", async () => {
    const person = running.mesh.identity(undefined, service());
    const entrance = await openBrowserEntrance(running.mesh.plane, person, service().url);
    const context = await browser.newContext();
    try {
      await chat(context, entrance.url);
    } finally {
      await context.close();
      await entrance.close();
    }
  });
});
