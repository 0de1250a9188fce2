import * as assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { request as httpRequest, type IncomingMessage } from "node:http";
import * as path from "node:path";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { ACCOUNT, NUMBER, PROJECT, REGION } from "../control-plane/cloud";
import { ask, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const DEFAULT = "/computeMetadata/v1/instance/service-accounts/default";

describe("metadata server", () => {
  const ORDER = url("order");
  let mesh: Mesh;
  let now = new Date("2026-06-01T12:00:00Z");

  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        for (const name of ["order", "caller", "other"]) deploy(controlPlane, name);
        grant(controlPlane, "order", `serviceAccount:${email("caller")}`);
      },
      { standIns: true, clock: () => now },
    );
  });
  after(() => mesh.plane.close());
  // Two hours later each time: nothing is left of the tokens before.
  beforeEach(() => later(2 * 3600));

  const later = (seconds: number) => {
    now = new Date(now.getTime() + seconds * 1000);
  };

  interface Said {
    readonly code: number;
    readonly headers: IncomingMessage["headers"];
    readonly body: string;
  }

  async function get(
    target: string,
    {
      service = "caller",
      headers = {},
      signal,
    }: { service?: string; headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<Said> {
    const { env } = await mesh.plane.proxyFor({ service });
    const [host, port] = env["GCE_METADATA_HOST"]!.split(":");
    return new Promise((resolve, reject) => {
      const request = httpRequest({
        host,
        port,
        path: target,
        headers: { "Metadata-Flavor": "Google", ...headers },
        agent: false,
        signal,
      });
      request.on("error", reject).on("response", async (response) => {
        let body = "";
        for await (const chunk of response.setEncoding("utf8")) body += chunk;
        resolve({ code: response.statusCode!, headers: response.headers, body });
      });
      request.end();
    });
  }
  const token = async (service = "caller", audience = ORDER) =>
    (await get(`${DEFAULT}/identity?audience=${encodeURIComponent(audience)}&format=full`, { service })).body;

  it("says that it is one", async () => {
    const { headers } = await get("/");
    assert.equal(headers["metadata-flavor"], "Google");
    assert.equal(headers.server, "Metadata Server for VM");
  });

  it("refuses requests without Metadata-Flavor, the path escaped", async () => {
    const { code, body } = await get("/computeMetadata/v1/a&b", { headers: { "Metadata-Flavor": "" } });
    assert.equal(code, 403);
    assert.match(
      body,
      /<code>\/computeMetadata\/v1\/a&#38;b<\/code> from this server\. Missing Metadata-Flavor:Google header\.\n$/,
    );
  });

  it("refuses requests that were forwarded", async () => {
    const { code, body } = await get(`${DEFAULT}/email`, { headers: { "X-Forwarded-For": "198.51.100.9" } });
    assert.equal(code, 403);
    assert.match(body, /from this server\.\n$/);
  });

  it("wants an audience", async () => {
    for (const query of ["", "?audience="]) {
      const { code, body } = await get(`${DEFAULT}/identity${query}`);
      assert.deepEqual([code, body], [400, "non-empty audience parameter required"]);
    }
  });

  it("knows one account, by its address, too, and no other", async () => {
    const place = "/computeMetadata/v1/instance/service-accounts";
    assert.equal((await get(`${place}/${email("caller")}/email`)).body, email("caller"));
    for (const other of [email("other"), "nobody"]) assert.equal((await get(`${place}/${other}/email`)).code, 404);
    assert.equal((await get(`${DEFAULT}/secrets`)).code, 404);
  });

  it("sends directories without a slash to those with one", async () => {
    for (const target of ["/computeMetadata/v1/project", DEFAULT, "/computeMetadata/v1/instance/service-accounts"]) {
      const { code, headers } = await get(target);
      assert.deepEqual([code, headers.location], [301, `${target}/`]);
    }
    assert.equal((await get(`${DEFAULT}/`)).body, "aliases\nemail\nidentity\nscopes\ntoken\n");
  });

  it("tells the account as JSON where that is asked for", async () => {
    const { headers, body } = await get(`${DEFAULT}/?recursive=true`);
    assert.equal(headers["content-type"], "application/json");
    assert.deepEqual(JSON.parse(body), {
      aliases: ["default"],
      email: email("caller"),
      scopes: ["https://www.googleapis.com/auth/cloud-platform"],
    });
  });

  it("tells the keys that Cloud Run has, and no others", async () => {
    const told: Record<string, string> = {
      "project/project-id": PROJECT,
      "project/numeric-project-id": NUMBER,
      "instance/region": `projects/${NUMBER}/regions/${REGION}`,
      "instance/zone": `projects/${NUMBER}/zones/${REGION}-1`,
    };
    for (const [key, value] of Object.entries(told))
      assert.equal((await get(`/computeMetadata/v1/${key}`)).body, value);
    assert.match((await get("/computeMetadata/v1/instance/id")).body, /^[0-9a-f]{20,}$/);
    assert.equal((await get("/computeMetadata/v1/instance/hostname")).code, 404);
  });

  it("mints ID tokens with Google's claims, good for an hour", async () => {
    const claims = decodeJwt(await token());
    const sub = String(
      mesh.controlPlane.list({ type: ACCOUNT }).find(({ state }) => state["email"] === email("caller"))!.state[
        "uniqueId"
      ],
    );
    const iat = now.getTime() / 1000;
    assert.deepEqual(claims, {
      aud: ORDER,
      azp: sub,
      email: email("caller"),
      email_verified: true,
      exp: iat + 3600,
      iat,
      iss: "https://accounts.google.com",
      sub,
    });
  });

  it("hands the same token out until four minutes before its end", async () => {
    const first = await token();
    later(56 * 60 - 1);
    assert.equal(await token(), first);
    assert.notEqual(await token("caller", url("other")), first);
    later(1);
    const second = await token();
    assert.notEqual(second, first);
    assert.equal(decodeJwt(second).exp, now.getTime() / 1000 + 3600);
  });

  it("hands out access tokens with the time that is left", async () => {
    const read = async () => JSON.parse((await get(`${DEFAULT}/token`)).body);
    const { access_token: first, expires_in, token_type } = await read();
    assert.match(first, /^ya29\./);
    assert.deepEqual([expires_in, token_type], [3600, "Bearer"]);
    later(1800);
    assert.deepEqual(await read(), { access_token: first, expires_in: 1800, token_type: "Bearer" });
  });

  it("gives each service its own identity, which the front end takes or refuses", async () => {
    for (const [service, code] of [
      ["caller", 200],
      ["other", 403],
    ] as const) {
      const answer = await ask(await mesh.plane.proxyFor({}), ORDER, { token: await token(service) });
      assert.equal(answer.code, code, service);
      assert.equal(mesh.decisions.at(-1)!.caller, email(service));
    }
  });

  it("has no token for an account that was deleted", async () => {
    deploy(mesh.controlPlane, "brief");
    await mesh.plane.restart("brief");
    assert.equal((await get(`${DEFAULT}/token`, { service: "brief" })).code, 200);
    mesh.controlPlane.delete({ type: ACCOUNT, id: `projects/${PROJECT}/serviceAccounts/${email("brief")}` });
    const { code, body } = await get(`${DEFAULT}/token`, { service: "brief" });
    assert.deepEqual([code, body], [404, `the service account ${email("brief")} is deleted or disabled`]);
  });

  it("serves a service account outside of Cloud Run, and no person", async () => {
    const { env } = await mesh.plane.proxyFor({ email: email("caller") });
    assert.match(env["GCE_METADATA_HOST"]!, /^127\.0\.0\.1:\d+$/);
    const again = await mesh.plane.proxyFor({ email: email("caller") });
    assert.equal(again.env["GCE_METADATA_HOST"], env["GCE_METADATA_HOST"]);
    assert.equal((await mesh.plane.proxyFor({ email: "dev@acme.example" })).env["GCE_METADATA_HOST"], undefined);
  });

  it("is all that Google's library for Node needs", async () => {
    // The library looks at the time itself.
    now = new Date(Math.max(now.getTime(), Date.now()));
    const { env } = await mesh.plane.proxyFor({ service: "caller" });
    const script = path.join(__dirname, "programs/google-auth.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, [script, ORDER], {
      env: { PATH: process.env["PATH"], ...env },
      timeout: 15_000,
    });
    assert.deepEqual(JSON.parse(stdout), { status: 200, caller: email("caller") });
  });

  describe("at fault", () => {
    const target = `${DEFAULT}/identity?audience=${encodeURIComponent(ORDER)}`;
    afterEach(() => mesh.plane.breakMetadata("caller"));

    it("is slow", async () => {
      mesh.plane.breakMetadata("caller", { kind: "slow", delayMs: 120 });
      const started = performance.now();
      assert.equal((await get(target)).code, 200);
      assert.ok(performance.now() - started >= 119);
    });

    it("fails, for this service alone, and works again", async () => {
      mesh.plane.breakMetadata("caller", { kind: "failing", status: 503 });
      assert.deepEqual([(await get(target)).code, (await get(target, { service: "other" })).code], [503, 200]);
      mesh.plane.breakMetadata("caller");
      assert.equal((await get(target)).code, 200);
    });

    it("answers garbage", async () => {
      mesh.plane.breakMetadata("caller", { kind: "garbage" });
      const { code, body } = await get(target);
      assert.deepEqual([code, body], [200, "<html>\u0000 not what you asked for"]);
    });

    it("never answers", async () => {
      mesh.plane.breakMetadata("caller", { kind: "hanging" });
      await assert.rejects(get(target, { signal: AbortSignal.timeout(150) }), { name: "AbortError" });
    });
  });
});
