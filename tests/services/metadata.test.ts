import * as assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { afterEach, describe, it } from "mocha";
import {
  defaultCredentials,
  type MetadataServer,
  type Minter,
  metadataServer,
  ServiceError,
} from "../../services/runtime/index";
import { Fake, idToken } from "./support";

const AUDIENCE = "https://order.run.app/?x=1&format=standard#f";
const never = new AbortController().signal;

describe("the metadata server's client", () => {
  let fake: Fake | undefined;
  let metadata: MetadataServer | undefined;

  async function against(respond: (response: ServerResponse) => void): Promise<MetadataServer> {
    fake = await Fake.start((_, response) => respond(response));
    metadata = metadataServer(fake.host);
    return metadata;
  }

  afterEach(async () => {
    await metadata?.close();
    await fake?.stop();
  });

  it("asks as Google wants it: flavor, encoded audience, full format, never X-Forwarded-For", async () => {
    const now = Date.UTC(2026, 0, 1);
    const client = await against((response) => {
      response.writeHead(200, { "metadata-flavor": "Google", date: new Date(now).toUTCString() }).end("a.b.c\n");
    });
    assert.deepEqual(await client.mint(AUDIENCE, never), { token: "a.b.c", mintersNowMs: now });
    const { url, headers } = fake!.seen[0]!;
    const asked = new URL(url, fake!.url);
    assert.equal(asked.pathname, "/computeMetadata/v1/instance/service-accounts/default/identity");
    assert.deepEqual(
      [...asked.searchParams],
      [
        ["audience", AUDIENCE],
        ["format", "full"],
      ],
    );
    assert.equal(headers["metadata-flavor"], "Google");
    assert.equal(headers["x-forwarded-for"], undefined);
  });

  it("tells the project, whatever space is around it", async () => {
    const client = await against((response) =>
      response.writeHead(200, { "metadata-flavor": "Google" }).end("acme-dev\n"),
    );
    assert.equal(await client.projectId(never), "acme-dev");
  });

  const flavored = { "metadata-flavor": "Google" };
  for (const [what, respond, code, message] of [
    [
      "an error",
      (r) => r.writeHead(500, flavored).end("secret"),
      "token-unavailable",
      /^the metadata server at \S+ answered 500$/,
    ],
    ["throttling", (r) => r.writeHead(429, flavored).end(), "token-unavailable", /answered 429$/],
    [
      "an answer from something else",
      (r) => r.writeHead(200).end("a.b.c"),
      "token-invalid",
      /without "Metadata-Flavor: Google"/,
    ],
    ["a broken connection", (r) => r.socket!.destroy(), "token-unavailable", /cannot be reached, or broke off/],
    [
      "an answer without end",
      (r) => {
        r.writeHead(200, flavored);
        const more = () => {
          while (!r.destroyed && r.write("x".repeat(8_192)));
        };
        r.on("drain", more);
        more();
      },
      "token-unavailable",
      /broke off/,
    ],
  ] as [string, (response: ServerResponse) => void, string, RegExp][]) {
    it(`turns ${what} into a code`, async () => {
      const client = await against(respond);
      await assert.rejects(client.mint(AUDIENCE, never), (error: ServiceError) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("stops when it is told to, with the reason it is given", async () => {
    const client = await against(() => {});
    const limit = new AbortController();
    const minting = client.mint(AUDIENCE, limit.signal);
    const reason = new ServiceError("token-unavailable", "too slow");
    setImmediate(() => limit.abort(reason));
    await assert.rejects(minting, reason);
  });
});

describe("the developer's default credentials", () => {
  class UserRefreshClient {
    async fetchIdToken() {
      return "a person's token";
    }
  }
  const library = (client: object, seen: unknown[] = []) =>
    ({
      GoogleAuth: class {
        async getClient() {
          if (client instanceof Error) throw client;
          return client;
        }
      },
      Impersonated: class {
        constructor(readonly options: unknown) {
          seen.push(options);
        }
        async fetchIdToken(audience: string, options: unknown) {
          seen.push([audience, options]);
          return idToken(audience, 0);
        }
      },
      UserRefreshClient,
    }) as unknown as Parameters<typeof defaultCredentials>[1] extends (() => Promise<infer L>) | undefined ? L : never;
  const mint = (minter: Minter) => minter.mint("https://order.run.app", never);

  it("mint for the account that they impersonate, with its address", async () => {
    const seen: unknown[] = [];
    const client = new UserRefreshClient();
    const minter = defaultCredentials("gateway@acme-dev.iam.gserviceaccount.com", async () => library(client, seen));
    assert.ok((await mint(minter)).token);
    const target = {
      sourceClient: client,
      targetPrincipal: "gateway@acme-dev.iam.gserviceaccount.com",
      targetScopes: [],
    };
    assert.deepEqual(seen, [target, ["https://order.run.app", { includeEmail: true }]]);
  });

  it("mint themselves where they are a service account's", async () => {
    const minter = defaultCredentials(undefined, async () => library({ fetchIdToken: async () => "a.b.c" }));
    assert.deepEqual(await mint(minter), { token: "a.b.c" });
  });

  for (const [what, client, code, message] of [
    [
      "belong to a person",
      new UserRefreshClient(),
      "credentials-unavailable",
      /set GOOGLE_IMPERSONATE_SERVICE_ACCOUNT/,
    ],
    ["are not there", new Error("none"), "credentials-unavailable", /gcloud auth application-default login/],
    [
      "may not impersonate",
      {
        fetchIdToken: async () => {
          throw new Error("403");
        },
      },
      "token-unavailable",
      /default credentials gave no ID token/,
    ],
  ] as [string, object, string, RegExp][]) {
    it(`say so where they ${what}`, async () => {
      await assert.rejects(mint(defaultCredentials(undefined, async () => library(client))), (error: ServiceError) => {
        assert.equal(error.code, code);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  it("find google-auth-library where it is installed", async () => {
    const env = { ...process.env };
    process.env.GOOGLE_APPLICATION_CREDENTIALS = "/nowhere/credentials.json";
    try {
      await assert.rejects(mint(defaultCredentials(undefined)), { code: "credentials-unavailable" });
    } finally {
      process.env = env;
    }
  });
});
