import * as assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Impersonated, OAuth2Client, UserRefreshClient } from "google-auth-library";
import { createAuthority } from "../../sandbox/data-plane/proxy/certificates";
import { PulumiCli } from "../../tools/deploy/pulumi-cli";
import { defaultCredentials } from "../../verify/deployed/credentials";
import type { StackCli } from "../../verify/deployed/stack";
import { ACCESS_TOKEN, realToken, TestGoogle } from "./deployed-google";
import { ADA, account, cliOf, openMesh, outcomes, outputsOf, PARTNERS, VALUES } from "./deployed-support";

describe("a deployed stack, opened", () => {
  let google: TestGoogle;
  before(async () => {
    google = await new TestGoogle().start();
  });
  after(() => google.stop());

  const refusal = async (change: Partial<StackCli> | undefined, stack?: string) => {
    const world = { cli: change && cliOf(google, change) };
    const opened = openMesh(google, { ...(stack && { stack }), world });
    return opened.then(
      () => assert.fail("opened"),
      (error: Error) => error.message,
    );
  };

  it("is the selected one, or the one that is named", async () => {
    const asked: string[] = [];
    const hasStack = async (stack: string) => asked.push(stack) > 0;
    const world = { cli: cliOf(google, { hasStack }) };
    const [selected, named] = [
      await openMesh(google, { world }),
      await openMesh(google, { world, stack: "acme/mesh/dev" }),
    ];
    assert.deepEqual(
      [asked, selected.target.name, named.target.name],
      [["prod", "acme/mesh/dev"], "prod", "acme/mesh/dev"],
    );
    await Promise.all([selected.close(), named.close()]);
  });

  it("gives the access graph of its config", async () => {
    const mesh = await openMesh(google);
    assert.deepEqual(
      mesh.graph.edges.map(({ name }) => name),
      [
        "web-calls-api",
        `${PARTNERS}-calls-web`,
        `user:${ADA}-calls-web`,
        "serviceAccount:ci@acme.iam.gserviceaccount.com-calls-web",
      ],
    );
    assert.deepEqual(mesh.progress, []);
    await mesh.close();
  });

  it("is not, without a CLI, a login, a stack or its outputs", async () => {
    assert.equal(
      await refusal(undefined),
      "the Pulumi CLI is not on PATH; install it: https://www.pulumi.com/docs/install/",
    );
    assert.equal(
      await refusal({ isLoggedIn: async () => false }),
      'Pulumi is not logged in to a backend; run "pulumi login"',
    );
    assert.equal(
      await refusal({ selectedStack: async () => undefined }),
      "no stack is selected; name one in MESH_STACK",
    );
    assert.equal(
      await refusal({ hasStack: async () => false }, "gone"),
      'there is no stack "gone" in this backend; see "pulumi stack ls"',
    );
    for (const outputs of [undefined, {}, { urls: { web: 1 }, serviceAccounts: null }]) {
      assert.equal(
        await refusal({ outputs: async () => outputs }),
        'the stack "prod" has no outputs "urls" and "serviceAccounts"; run "npm run up -- prod" first',
      );
    }
  });

  it("is not, with a config that cannot be read or does not hold", async () => {
    const encrypted = new Set(["cloud-run-mesh:services", "gcp:other"]);
    assert.equal(
      await refusal({ config: async () => ({ values: VALUES, encrypted }) }),
      "cloud-run-mesh:services: is encrypted; what is deployed must be readable",
    );
    assert.match(
      await refusal({ config: async () => ({ values: { ...VALUES, "gcp:region": "" }, encrypted: new Set() }) }),
      /gcp:region: is missing/,
    );
  });

  it("tells where its config and what was deployed differ", async () => {
    const accessMatrix = [
      { caller: "web", callee: "api", until: "2027-01-31", role: "", reason: "" },
      { caller: PARTNERS, callee: "web", role: "", reason: "moved" },
      { caller: `user:${ADA}`, callee: "web", role: "", reason: "" },
      { caller: "serviceAccount:ci@acme.iam.gserviceaccount.com", callee: "web", role: "", reason: "" },
    ];
    const cli = cliOf(google, { outputs: async () => ({ ...outputsOf(google), accessMatrix }) });
    const mesh = await openMesh(google, { world: { cli } });
    assert.deepEqual(mesh.progress, [
      'web -> api is in the config, but was not deployed; run "npm run up -- prod"',
      'web -> api until 2027-01-31 was deployed, but is not in the config; run "npm run up -- prod"',
    ]);
    await mesh.close();
  });

  it("tells of a grant whose day is over and that no deployment has taken away", async () => {
    const services = JSON.parse(VALUES["cloud-run-mesh:services"] ?? "") as { web: { calls: unknown } };
    services.web.calls = [{ service: "api", until: "2026-11-01" }];
    const values = { ...VALUES, "cloud-run-mesh:services": JSON.stringify(services) };
    const { accessMatrix: rows, ...others } = outputsOf(google) as { accessMatrix: object[] };
    const [call, ...access] = rows.map((row) => ({ ...row, until: "2026-11-01" }));
    const progressWith = async (row: object) => {
      const accessMatrix = [{ ...call, ...row }, ...access.map((one) => ({ ...one, until: undefined }))];
      const outputs = async () => ({ ...others, accessMatrix });
      const config = async () => ({ values, encrypted: new Set<string>() });
      const mesh = await openMesh(google, { world: { cli: cliOf(google, { config, outputs }) } });
      await mesh.close();
      return mesh.progress;
    };
    assert.deepEqual(await progressWith({ end: "ends at the first deployment after 2026-11-01" }), [
      'web -> api ended on 2026-11-01, and its grant is still deployed; run "npm run up -- prod"',
    ]);
    assert.deepEqual(await progressWith({ end: "ended on 2026-11-01", ended: true }), []);
  });

  it("has outputs for each of its services, or does not probe those that lack them", async () => {
    const outputs = async () => ({ ...outputsOf(google), urls: { web: google.url("web") } });
    const mesh = await openMesh(google, { world: { cli: cliOf(google, { outputs }) } });
    assert.deepEqual(await outcomes(mesh, ({ from, to }) => from === "internet" && to === "api"), [
      'nobody from internet -> api, none: the stack\'s outputs hold no URL of api; run "npm run up"',
    ]);
    await mesh.close();
  });
});

describe("the outputs of a stack", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "deployed-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  const outputs = async (script: string) => {
    const program = join(folder, "pulumi");
    writeFileSync(program, `#!/bin/sh\n[ "$1" = version ] && exit 0\n${script}\n`);
    chmodSync(program, 0o755);
    return (await PulumiCli.find(folder, program))?.outputs("acme/prod");
  };

  it("are asked of the CLI, which is not let ask back", async () => {
    assert.deepEqual(await outputs('printf \'{"asked":"%s"}\' "$*"'), {
      asked: "stack output --json --stack acme/prod --non-interactive",
    });
  });

  it("are none where the CLI fails or answers with something else", async () => {
    assert.equal(await outputs("echo '{}'; exit 1"), undefined);
    assert.equal(await outputs("echo nothing"), undefined);
  });
});

describe("the credentials for probing a deployed stack", () => {
  let server: Server;
  let base: string;
  let answer: (body: URLSearchParams) => { status?: number; body: object };
  const asked: string[] = [];
  before(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      asked.push(request.url ?? "");
      const { status = 200, body } = answer(new URLSearchParams(Buffer.concat(chunks).toString()));
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());
  beforeEach(() => {
    asked.length = 0;
    answer = () => ({ body: { access_token: ACCESS_TOKEN, expires_in: 3600, id_token: realToken(ADA, "gcloud") } });
  });
  const adas = () =>
    new UserRefreshClient({
      clientId: "gcloud",
      clientSecret: "s",
      refreshToken: "r",
      endpoints: { oauth2TokenUrl: `${base}/token` },
      quotaProjectId: "acme-dev",
    });

  it("are a person's, who can choose no audience", async () => {
    const identity = await defaultCredentials(undefined, async () => adas()).identity();
    assert.equal(identity.member, `user:${ADA}`);
    assert.equal(identity.idTokenFor, undefined);
    assert.equal(await identity.idToken("https://web.example"), realToken(ADA, "gcloud"));
    assert.equal(identity.accessToken, undefined, "a token for everything of theirs is shown to no service");
  });

  it("ask Google's APIs with the quota project that they name", async () => {
    const headers = await defaultCredentials(undefined, async () => adas()).headers();
    assert.deepEqual(headers, { authorization: `Bearer ${ACCESS_TOKEN}`, "x-goog-user-project": "acme-dev" });
  });

  it("are a service account's, which chooses the audience", async () => {
    const email = account("ci");
    answer = () => ({ body: { access_token: ACCESS_TOKEN, expires_in: 3600, token: realToken(email, "chosen") } });
    const client = new Impersonated({ sourceClient: adas(), targetPrincipal: email, targetScopes: [], endpoint: base });
    const identity = await defaultCredentials(undefined, async () => client).identity();
    assert.equal(identity.member, `serviceAccount:${email}`);
    assert.equal(await identity.idTokenFor?.("https://web.example"), realToken(email, "chosen"));
    assert.ok(asked.includes(`/v1/projects/-/serviceAccounts/${email}:generateIdToken`));
  });

  const problem = (run: () => Promise<unknown>) =>
    run().then(
      () => assert.fail("no problem"),
      (error: Error) => error.message,
    );

  it("may be missing", async () => {
    const none = defaultCredentials(undefined, async () => Promise.reject(new Error("Could not load them\nat stack")));
    const message = 'no Google credentials (Could not load them); run "gcloud auth application-default login"';
    assert.deepEqual([await problem(none.identity), await problem(none.headers)], [message, message]);
  });

  it("may have ended", async () => {
    answer = () => ({ status: 400, body: { error: "invalid_grant", error_description: "Token has been revoked." } });
    assert.match(
      await problem(defaultCredentials(undefined, async () => adas()).identity),
      /^Google gave no token for the credentials \(.*invalid_grant.*\); run "gcloud auth application-default login"$/,
    );
  });

  it("may be able to have no ID token minted", async () => {
    assert.equal(
      await problem(defaultCredentials(undefined, async () => new OAuth2Client()).identity),
      "the default credentials can have no ID token minted; name a service account that they may impersonate",
    );
  });

  it("may get tokens that name nobody", async () => {
    for (const [token, message] of [
      ["", "Google gave no ID token for the credentials"],
      ["x.y.z", "Google answered with something that is no ID token"],
      [`x.${Buffer.from("{}").toString("base64url")}.z`, "the ID token of the credentials names no e-mail address"],
    ]) {
      answer = () => ({ body: { id_token: token } });
      assert.equal(await problem(defaultCredentials(undefined, async () => adas()).identity), message);
    }
  });
});

describe("the way to a deployed stack", () => {
  let google: TestGoogle;
  before(async () => {
    google = await new TestGoogle().start();
  });
  after(() => google.stop());
  const knock = async (url: string) => {
    const outputs = async () => ({ ...outputsOf(google), urls: { api: url } });
    const mesh = await openMesh(google, { world: { cli: cliOf(google, { outputs }), fetch: undefined } });
    const [line] = await outcomes(mesh, ({ from, to }) => from === "internet" && to === "api");
    await mesh.close();
    return line;
  };

  it("is not taken past a certificate that nobody vouches for", async () => {
    const authority = await createAuthority();
    const context = await authority.contextFor("localhost");
    const server = createSecureServer({ SNICallback: (_, done) => done(null, context) }, (_, response) =>
      response.end(),
    );
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const line = await knock(`https://localhost:${(server.address() as AddressInfo).port}`);
    server.close();
    assert.match(line!, /^nobody from internet -> api, none: no answer \((SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_.*)\)$/);
  });

  it("leads through the proxy that HTTPS_PROXY names", async () => {
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push(request.url);
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    const was = { ...process.env };
    for (const name of ["https_proxy", "HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy"]) delete process.env[name];
    process.env["HTTPS_PROXY"] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const line = await knock("https://api.example").finally(() => {
      process.env = was;
      proxy.close();
    });
    assert.deepEqual(asked, ["api.example:443"]);
    assert.match(line!, /^nobody from internet -> api, none: no answer/);
  });
});
