import * as assert from "node:assert/strict";
import type { TokenOverrides } from "../../../sandbox/data-plane";
import { ACCOUNT, account, PROJECT } from "../control-plane/cloud";
import { type Answer, ask, deploy, email, grant, type Mesh, openMesh, url } from "./mesh";

const UNAUTHORIZED = `
<html><head>
<meta http-equiv="content-type" content="text/html;charset=utf-8">
<title>401 Unauthorized</title>
</head>
<body text=#000000 bgcolor=#ffffff>
<h1>Error: Unauthorized</h1>
<h2>Your client does not have permission to the requested URL <code>/x</code>.</h2>
<h2></h2>
</body></html>
`;

describe("front end: tokens", () => {
  const caller = email("caller");
  const ORDER = url("order");
  let mesh: Mesh;
  let now = new Date("2026-06-01T12:00:00Z");

  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        deploy(controlPlane, "caller");
        deploy(controlPlane, "order", { self: { customAudiences: ["https://order.acme.example"] } });
        deploy(controlPlane, "public", { self: { invokerIamDisabled: true } });
        grant(controlPlane, "order", `serviceAccount:${caller}`);
        grant(controlPlane, "order", "user:dev@acme.example");
      },
      { standIns: true, clock: () => now },
    );
  });
  after(() => mesh.plane.close());
  beforeEach(() => {
    now = new Date("2026-06-01T12:00:00Z");
  });

  const send = async (token: string, headers: Record<string, string> = {}): Promise<Answer> =>
    ask(await mesh.plane.proxyFor({}), `${ORDER}/x`, { token, headers });
  const refused = async (token: string, message: string) => {
    const answer = await send(token);
    assert.equal(answer.code, 401, mesh.said());
    assert.equal(answer.body, UNAUTHORIZED);
    assert.equal(
      answer.headers["www-authenticate"],
      'Bearer error="invalid_token" error_description="The access token could not be verified"',
    );
    assert.equal(mesh.said(), `401 order: the token is refused: ${message}`);
  };
  const made = (overrides: TokenOverrides, audience = ORDER) => mesh.plane.idToken(caller, audience, overrides);

  it("takes a good one", async () => {
    assert.equal((await send(await made({}))).code, 200);
  });

  it("refuses one that has expired, to the second", async () => {
    const at = (exp: string) => `it expired at ${exp}, now is 2026-06-01T12:00:00.000Z`;
    await refused(await made({ expiresInSeconds: -1 }), at("2026-06-01T11:59:59.000Z"));
    await refused(await made({ expiresInSeconds: 0 }), at("2026-06-01T12:00:00.000Z"));
    assert.equal((await send(await made({ expiresInSeconds: 1 }))).code, 200);
  });

  it("refuses one that was good before and has expired since", async () => {
    const token = await made({});
    assert.equal((await send(token)).code, 200);
    now = new Date("2026-06-01T13:00:00Z");
    await refused(token, "it expired at 2026-06-01T13:00:00.000Z, now is 2026-06-01T13:00:00.000Z");
  });

  it("refuses one that is not valid yet, by iat and by nbf", async () => {
    const later = "it is valid from 2026-06-01T12:01:00.000Z on, now is 2026-06-01T12:00:00.000Z";
    await refused(await made({ validInSeconds: 60 }), later);
    await refused(await made({ claims: { nbf: now.getTime() / 1000 + 60 } }), later);
  });

  it("refuses one without an end or a beginning", async () => {
    await refused(await made({ claims: { exp: undefined } }), "it has no end (exp)");
    await refused(await made({ claims: { iat: undefined } }), "it has no beginning (iat)");
  });

  it("refuses one for another audience, a tag's included, and its own with a query or a fragment", async () => {
    const accepted = (mesh.controlPlane.list().find(({ id }) => id.endsWith("/order"))!.state["urls"] as string[]).join(
      ", ",
    );
    for (const audience of [
      ...[
        url("user"),
        `${url("user")}/x`,
        url("next---order"),
        "",
        ORDER.toUpperCase(),
        "https://order.acme.example/x",
      ],
      // Assumed to be compared as it is written, as a custom audience is: https://cloud.google.com/run/docs/authenticating/service-to-service
      ...[`${ORDER}:443`, `${ORDER}:443/x`, ORDER.replace("https:", "http:"), `${ORDER.replace("//", "//me@")}/x`],
      ...[ORDER.replace("order", "Order"), `${url("next---order")}/x`, "https://order.acme.example?x"],
      ...[`${ORDER}?x`, `${ORDER}/x?y=z`, `${ORDER}/#x`, `${ORDER}.evil.example/x`, `${ORDER}@evil.example/x`],
    ]) {
      const list = `its audience is ${audience}; accepted: ${accepted}, https://order.acme.example`;
      await refused(await made({}, audience), list);
    }
  });

  it("takes every URL of the service, a slash or a path behind it, custom audiences, and gcloud's own client", async () => {
    const urls = mesh.controlPlane.list().find(({ id }) => id.endsWith("/order"))!.state["urls"] as string[];
    const gcloud = "32555940559.apps.googleusercontent.com";
    for (const audience of [
      ...urls,
      ...urls.map((one) => `${one}/x`),
      `${ORDER}/`,
      `${ORDER}/x`,
      `${ORDER}/x/y.z`,
      "https://order.acme.example",
      gcloud,
    ]) {
      assert.equal((await send(await made({}, audience))).code, 200, audience);
    }
  });

  it("refuses one that is signed with another key, under Google's id or its own", async () => {
    await refused(await made({ signature: "another-key" }), "its signature is not Google's");
    await refused(await made({ signature: "unknown-key" }), "Google has no key of its id");
  });

  it("refuses one that was altered", async () => {
    await refused(await made({ signature: "altered" }), "its signature is not Google's");
    const [head, claims] = (await made({})).split(".");
    await refused(`${head}.${claims}.`, "its signature is not Google's");
    await refused(`${head}.${claims}.SIGNATURE_REMOVED_BY_GOOGLE`, "its signature is not Google's");
  });

  it("refuses one that says it is not signed, or that takes the public key for a secret", async () => {
    await refused(await made({ signature: "none" }), "it is not signed with RS256");
    await refused(await made({ signature: "public-key-as-secret" }), "it is not signed with RS256");
  });

  it("refuses one of another issuer, and takes both of Google's spellings", async () => {
    const message = "its issuer is https://evil.example, not https://accounts.google.com";
    await refused(await made({ claims: { iss: "https://evil.example" } }), message);
    assert.equal((await send(await made({ claims: { iss: "accounts.google.com" } }))).code, 200);
  });

  it("refuses an access token, and what is no token at all", async () => {
    const message = "it is an access token; Cloud Run takes ID tokens for its audience";
    await refused(mesh.plane.accessToken(caller), message);
    for (const text of ["x", "a.b.c", "a.b.c.d"]) await refused(text, "it is not a signed token");
  });

  it("takes a person's, whose grant says user", async () => {
    assert.equal((await send(await mesh.plane.idToken("dev@acme.example", ORDER))).code, 200);
    assert.equal(mesh.said(), "200 order: dev@acme.example has roles/run.invoker");
  });

  it("knows a service account without an address in the token by its unique id", async () => {
    assert.equal((await send(await made({ claims: { email: undefined } }))).code, 200);
    assert.equal((await send(await made({ claims: { email: undefined, sub: "1" } }))).code, 403);
    assert.match(mesh.said(), /; nobody has the subject 1$/);
  });

  it("answers 403 to the token of an account that was deleted, and of one that took its name", async () => {
    const brief = account(mesh.controlPlane, "brief-sa");
    grant(mesh.controlPlane, "order", `serviceAccount:${brief}`);
    const token = await mesh.plane.idToken(brief, ORDER);
    assert.equal((await send(token)).code, 200);
    const id = `projects/${PROJECT}/serviceAccounts/${brief}`;
    mesh.controlPlane.delete({ type: ACCOUNT, id });
    assert.equal((await send(token)).code, 403);
    const granted =
      /^403 order: brief-sa has no roles\/run\.invoker on order \(granted: caller-sa, dev@acme\.example, deleted:/;
    assert.match(mesh.said(), granted);
    assert.match(mesh.said(), /; the account brief-sa@.* is deleted or disabled$/);
    account(mesh.controlPlane, "brief-sa");
    grant(mesh.controlPlane, "order", `serviceAccount:${brief}`, { role: "roles/run.admin" });
    assert.equal((await send(token)).code, 403);
    assert.match(mesh.said(), /; brief-sa@.* is another account than the token's \(sub \d{21}\)$/);
    assert.equal((await send(await mesh.plane.idToken(brief, ORDER))).code, 200);
  });

  describe("in headers", () => {
    it("prefers X-Serverless-Authorization, and then does not look at Authorization", async () => {
      const good = await made({});
      const other = { "X-Serverless-Authorization": `Bearer ${good}` };
      assert.equal((await send("of the application", other)).code, 200);
      const bad = { "X-Serverless-Authorization": "Bearer of.the.application" };
      assert.equal((await send(good, bad)).code, 401);
    });

    it("takes the scheme in any case, and other schemes for no token", async () => {
      const access = await mesh.plane.proxyFor({});
      const code = async (Authorization: string) => (await ask(access, ORDER, { headers: { Authorization } })).code;
      const good = await made({});
      assert.equal(await code(`bearer ${good}`), 200);
      assert.equal(await code(`BEARER   ${good} `), 200);
      for (const none of [`Basic ${good}`, good, "Bearer", "Bearer ", ""]) assert.equal(await code(none), 403, none);
    });

    it("looks at no token where everybody may call", async () => {
      const access = await mesh.plane.proxyFor({});
      assert.equal((await ask(access, url("public"))).code, 200);
      assert.equal((await ask(access, url("public"), { token: "of the application" })).code, 200);
      assert.equal(mesh.said(), "200 public: the invoker check is switched off (invokerIamDisabled)");
    });
  });
});
