/** What the front end promises and no probe can see, asked of the mesh of `examples/service-identity.yaml` as probes are. */
import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import type { Decision, TokenOverrides } from "../../../sandbox/data-plane";
import { type Answer, ask } from "../../sandbox/data-plane/mesh";
import type { Running } from "../running";

export const STOREFRONT = "serviceAccount:storefront@partner-project.iam.gserviceaccount.com";

/** Has a role on `frontend` that does not invoke. */
export const VIEWER = "user:viewer@acme.example";

/** Services that the control plane has besides the stack's, with what makes them special. */
export const SPECIAL: Readonly<Record<string, Properties>> = {
  hidden: { defaultUriDisabled: true },
  proxied: { iapEnabled: true },
  agentless: { iapEnabled: true },
};

/** May come through the Identity-Aware Proxy on both services that have one; its agent may call only the first. */
export const EMPLOYEE = "user:employee@acme.example";

/** Somebody gave them a grant on `frontend` by hand, with a condition that the program never writes. */
export const TEMPORARY = "user:temporary@acme.example";
export const UNTIL = { title: "until 2031", expression: 'request.time < timestamp("2032-01-01T00:00:00Z")' };
const AFTER_ITS_END = new Date("2032-01-01T00:00:00Z");

type Headers = Readonly<Record<string, string>>;

export class FrontEndChecks {
  constructor(
    private readonly mesh: Running["mesh"],
    private readonly setClock: (now: Date | undefined) => void,
  ) {}

  /** By the fact that each of them holds. */
  readonly all: Readonly<Record<string, () => Promise<void>>> = {
    "a host that no service has is 404, with Cloud Run's page": async () => {
      const answer = await this.#ask({}, "https://nobody-123456789012.us-central1.run.app/");
      const sentence = "The requested URL was not found on this server.";
      assert.deepEqual(pageOf(answer), page(404, "404 Page not found", "Error: Page not found", sentence));
    },
    "a path that Cloud Run keeps is 404": async () => {
      assert.equal((await this.#ask(bearer(await this.#token()), "/healthz")).code, 404);
    },
    "a default URL that is switched off is 404": async () => {
      const decision = await this.#decisionOn({}, "https://hidden-123456789012.us-central1.run.app/");
      assert.deepEqual([decision.code, decision.reason], [404, "default-url-disabled"]);
    },
    "nobody comes past Identity-Aware Proxy without signing in": async () => {
      const headers = { "X-Requested-With": "XMLHttpRequest", ...bearer(await this.#token()) };
      const decision = await this.#decisionOn(headers, "https://proxied-123456789012.us-central1.run.app/");
      assert.deepEqual([decision.code, decision.reason], [401, "iap-sign-in"]);
    },
    "whoever signs in to Identity-Aware Proxy without a grant is 403": async () => {
      assert.deepEqual(await this.#signedIn("employee@acme.example", "proxied"), [200, "iap"]);
      assert.deepEqual(await this.#signedIn("viewer@acme.example", "proxied"), [403, "iap-no-access"]);
    },
    "Identity-Aware Proxy is 403 where its agent may not call": async () => {
      assert.deepEqual(await this.#signedIn("employee@acme.example", "agentless"), [403, "iap-agent"]);
    },
    "a request from a network of another project is 404 where ingress is internal": async () => {
      const access = await this.mesh.plane.proxyFor({ network: "projects/elsewhere/global/networks/default" });
      assert.equal((await ask(access, this.mesh.service("backend-api").url)).code, 404);
    },
    "a request without a token is 403, with Cloud Run's page": async () => {
      const sentence = "Your client does not have permission to get URL <code>/a&#38;b</code> from this server.";
      const expected = page(403, "403 Forbidden", "Error: Forbidden", sentence);
      assert.deepEqual(pageOf(await this.#ask({}, "/a&b")), expected);
    },
    "a token that does not hold is 401, with Cloud Run's page and a challenge": async () => {
      const answer = await this.#ask(bearer("not.a.token"), "/a&b");
      const sentence = "Your client does not have permission to the requested URL <code>/a&#38;b</code>.";
      assert.deepEqual(pageOf(answer), page(401, "401 Unauthorized", "Error: Unauthorized", sentence));
      assert.match(answer.headers["www-authenticate"] ?? "", /^Bearer error="invalid_token"/);
    },
    "credentials of another scheme than Bearer are no token: 403": async () => {
      assert.equal((await this.#ask({ Authorization: "Basic bWU6cGFzcw==" })).code, 403);
    },
    "X-Serverless-Authorization counts before Authorization": async () => {
      const good = `Bearer ${await this.#token()}`;
      const bad = "Bearer not.a.token";
      const preferred = await this.#ask({ "X-Serverless-Authorization": good, Authorization: bad });
      const refused = await this.#ask({ "X-Serverless-Authorization": bad, Authorization: good });
      assert.deepEqual([preferred.code, refused.code], [200, 401]);
    },
    "the container sees the checked token without its signature, and any other header as it was": async () => {
      const token = await this.#token();
      const unsigned = `Bearer ${token.slice(0, token.lastIndexOf("."))}.SIGNATURE_REMOVED_BY_GOOGLE`;
      const alone = (await this.#ask(bearer(token))).json().headers;
      assert.equal(alone.authorization, unsigned);
      const both = { "X-Serverless-Authorization": `Bearer ${token}`, Authorization: "Bearer its.own.token" };
      const seen = (await this.#ask(both)).json().headers;
      assert.deepEqual([seen["x-serverless-authorization"], seen.authorization], [unsigned, "Bearer its.own.token"]);
    },
    "a token that is not valid yet is 401, by iat and by nbf": async () => {
      const inAMinute = Math.floor(Date.now() / 1000) + 60;
      await this.#refusesToken(401, { validInSeconds: 60 }, { claims: { nbf: inAMinute } });
    },
    "a token without exp or without iat is 401": async () => {
      await this.#refusesToken(401, { claims: { exp: undefined } }, { claims: { iat: undefined } });
    },
    "a token under the id of a key that Google does not have is 401": async () => {
      await this.#refusesToken(401, { signature: "unknown-key" });
    },
    "a token signed with the public key as a secret is 401": async () => {
      await this.#refusesToken(401, { signature: "public-key-as-secret" });
    },
    "a token of an account that was deleted and made anew is 403": async () => {
      await this.#refusesToken(403, { claims: { sub: "100000000000000000001" } });
    },
    "an access token is told apart from a token that is none": async () => {
      const token = this.mesh.plane.accessToken(this.mesh.identity(STOREFRONT).email);
      const decision = await this.#decisionOn(bearer(token));
      const message = "the token is refused: it is an access token; Cloud Run takes ID tokens for its audience";
      assert.deepEqual([decision.code, decision.reason, decision.message], [401, "token-is-access-token", message]);
    },
    "a role that does not invoke lets nobody in: 403": async () => {
      assert.equal((await this.#ask(bearer(await this.#token({}, VIEWER)))).code, 403);
    },
    "a grant whose condition no longer holds lets nobody in: 403": async () => {
      assert.equal((await this.#ask(bearer(await this.#token({}, TEMPORARY)))).code, 200);
      this.setClock(AFTER_ITS_END);
      try {
        const decision = await this.#decisionOn(bearer(await this.#token({}, TEMPORARY)));
        assert.deepEqual([decision.code, decision.reason], [403, "invoker-condition"]);
      } finally {
        this.setClock(undefined);
      }
    },
  };

  async #signedIn(email: string, service: string): Promise<[number, string]> {
    const decisions: Decision[] = [];
    const stopWatching = this.mesh.watch((decision) => void decisions.push(decision));
    await ask(await this.mesh.plane.proxyFor({ email }), `https://${service}-123456789012.us-central1.run.app/`);
    stopWatching();
    return [decisions[0]?.code ?? 0, decisions[0]?.reason ?? ""];
  }

  #token(overrides?: TokenOverrides, member = STOREFRONT): Promise<string> {
    return this.mesh.token(this.mesh.identity(member), this.mesh.service("frontend").url, overrides);
  }

  /** `target` is a path of `frontend`, or a URL. */
  async #ask(headers: Headers, target = "/"): Promise<Answer> {
    const access = await this.mesh.access(this.mesh.identity(STOREFRONT));
    return ask(access, new URL(target, this.mesh.service("frontend").url).href, { headers });
  }

  async #refusesToken(code: number, ...wrong: readonly TokenOverrides[]): Promise<void> {
    for (const overrides of wrong) {
      assert.equal((await this.#ask(bearer(await this.#token(overrides)))).code, code, JSON.stringify(overrides));
    }
  }

  async #decisionOn(headers: Headers, target?: string): Promise<Decision> {
    const decisions: Decision[] = [];
    const stopWatching = this.mesh.watch((decision) => void decisions.push(decision));
    await this.#ask(headers, target);
    stopWatching();
    const [decision] = decisions;
    assert.ok(decision);
    return decision;
  }
}

function bearer(token: string): Headers {
  return { Authorization: `Bearer ${token}` };
}

function pageOf({ code, headers, body }: Answer) {
  return { code, type: headers["content-type"], body };
}

/** Sources: sandbox/README.md, the rows of the front end. */
function page(code: number, title: string, heading: string, sentence: string) {
  const body = `
<html><head>
<meta http-equiv="content-type" content="text/html;charset=utf-8">
<title>${title}</title>
</head>
<body text=#000000 bgcolor=#ffffff>
<h1>${heading}</h1>
<h2>${sentence}</h2>
<h2></h2>
</body></html>
`;
  return { code, type: "text/html; charset=UTF-8", body };
}
