/** Sends probes into the sandbox: each with the network position and the token that it names. */

import { readFileSync } from "node:fs";
import { fetch, ProxyAgent } from "undici";
import type { Decision, TokenOverrides } from "../sandbox/data-plane";
import { type From, type Identity, type Minted, mintAs, type RunningMesh } from "../sandbox/running";
import { refusalOf } from "./answer";
import { forgedIdentity } from "./forged-identity";
import type { Cause, Probe, TokenCase } from "./probes";
import type { Observed, Target } from "./result";

const WRONG: Readonly<Partial<Record<TokenCase, TokenOverrides>>> = {
  expired: { expiresInSeconds: -60 },
  "wrong key": { signature: "another-key" },
  altered: { signature: "altered" },
  "alg none": { signature: "none" },
  "other issuer": { claims: { iss: "https://issuer.example" } },
  "wrong audience": { claims: { aud: "https://another-service.example" } },
};

const WITHOUT_TOKEN: ReadonlySet<TokenCase> = new Set(["none", "signed in", "forged headers", "forged assertion"]);

const NOBODY: Identity = { name: "nobody", email: "" };

/** Cloud Run would wait longer: the first answer of a container may wait for what it starts with. */
const TIMEOUT_MS = 30_000;

export class SandboxTarget implements Target {
  readonly name = "sandbox";
  readonly #agents = new Map<string, Promise<ProxyAgent>>();

  constructor(private readonly mesh: RunningMesh) {}

  async send(probe: Probe): Promise<Observed> {
    const service = this.mesh.service(probe.to);
    const minted = await this.#mint(probe, service.url);
    if (minted && "refusal" in minted) return { ...minted.refusal, reached: false, cause: "no grant" };
    const token = minted?.token ?? (await this.#token(probe, service.url));
    const dispatcher = await this.#agent(probe);
    const decisions: Decision[] = [];
    const stopWatching = this.mesh.watch((decision) => void decisions.push(decision));
    try {
      const response = await fetch(probe.at ?? service.url, {
        dispatcher,
        redirect: "manual",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        // Without the first, Identity-Aware Proxy sends whoever is not signed in to a page for that.
        headers: {
          "X-Requested-With": "XMLHttpRequest",
          ...forgedIdentity(probe.token),
          ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        },
      });
      const { status } = response;
      const contentType = response.headers.get("content-type") ?? "";
      const refusal = refusalOf({ status, contentType, body: await response.text() });
      const host = probe.at && new URL(probe.at).hostname;
      const decision = decisions.find(({ callee }) => callee === service.name || callee === host);
      const reason = decision?.message;
      const reached = refusal === undefined && decision?.callee === service.name && decision.verdict === "allowed";
      return reached ? { status, reached, reason } : { status, reached, cause: causeOf(decision), reason };
    } finally {
      stopWatching();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#agents.values()].map(async (agent) => (await agent).close()));
  }

  /** What IAM answers to a caller who shows the token of an account; nothing where the caller shows its own. */
  async #mint({ caller, via, token }: Probe, audience: string): Promise<Minted | undefined> {
    if (via === undefined || token !== "own") return undefined;
    return mintAs(this.mesh, this.mesh.identity(caller), via, audience);
  }

  async #token({ caller, token }: Probe, audience: string): Promise<string | undefined> {
    if (WITHOUT_TOKEN.has(token)) return undefined;
    const identity = caller === undefined ? this.mesh.stranger : this.mesh.identity(caller);
    if (token === "access token") return this.mesh.plane.accessToken(identity.email);
    return this.mesh.token(identity, audience, WRONG[token]);
  }

  /** Connections are kept per caller and position, as a process's own would be. */
  #agent({ caller, from, token }: Probe): Promise<ProxyAgent> {
    const unnamed = token === "signed in" ? this.mesh.stranger : NOBODY;
    const identity = caller === undefined ? unnamed : this.mesh.identity(caller);
    const position: From = typeof from === "string" ? from : "itself";
    const key = `${identity.name} ${position}`;
    let agent = this.#agents.get(key);
    if (!agent) {
      agent = this.mesh.access(identity, position).then(({ url, caFile }) => {
        // Plain HTTP is asked of the proxy itself.
        return new ProxyAgent({ uri: url, proxyTunnel: false, requestTls: { ca: readFileSync(caFile) } });
      });
      this.#agents.set(key, agent);
    }
    return agent;
  }
}

function causeOf(decision: Decision | undefined): Cause | "another" {
  const { reason = "" } = decision ?? {};
  if (reason === "no-token") return "no token";
  if (reason === "no-invoker" || reason === "invoker-condition" || reason === "iap-no-access") return "no grant";
  if (reason === "iap-sign-in") return "not signed in";
  if (reason === "ingress") return "ingress";
  if (reason === "no-instances") return "no instances";
  if (reason === "redirected") return "redirected";
  return reason.startsWith("token-") ? "token" : "another";
}
