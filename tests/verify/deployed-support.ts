/** A deployed mesh for tests: `web` is open to the internet, calls `api`; `cron` has no way through a VPC network. */
import { setTimeout as later } from "node:timers";
import { fetch } from "undici";
import type { Clock } from "../../services/runtime/clock";
import type { Credentials, Identity } from "../../verify/deployed/credentials";
import { type Deployed, type DeployedOptions, openDeployed } from "../../verify/deployed/open";
import type { StackCli } from "../../verify/deployed/stack";
import { type Probe, probes } from "../../verify/probes";
import { type Result, verify } from "../../verify/result";
import { IMAGE } from "../mesh/support";
import { ACCESS_TOKEN, realToken, type TestGoogle } from "./deployed-google";

export const PARTNERS = "group:partners@acme.com";
export const ADA = "ada@acme.com";

const SERVICES = {
  web: {
    image: IMAGE,
    calls: ["api"],
    ingress: { all: "partners call it directly" },
    access: [
      { member: PARTNERS },
      { member: `user:${ADA}` },
      { member: "serviceAccount:ci@acme.iam.gserviceaccount.com" },
    ],
  },
  api: { image: IMAGE },
  cron: { image: IMAGE },
};

export const account = (key: string) => `${key}-sa@acme-dev.iam.gserviceaccount.com`;

export const VALUES: Readonly<Record<string, string>> = {
  "gcp:project": "acme-dev",
  "gcp:region": "europe-west9",
  "cloud-run-mesh:projectNumber": "123456789012",
  "cloud-run-mesh:services": JSON.stringify(SERVICES),
  "cloud-run-mesh:network": '{"network":"default","subnetwork":"default"}',
};

export function outputsOf(google: TestGoogle): Record<string, unknown> {
  const keys = Object.keys(SERVICES);
  const row = (caller: string, callee: string) => ({ caller, callee, role: "roles/run.invoker", reason: "" });
  return {
    urls: Object.fromEntries(keys.map((key) => [key, google.url(key)])),
    serviceAccounts: Object.fromEntries(keys.map((key) => [key, account(key)])),
    accessMatrix: [row("web", "api"), ...SERVICES.web.access.map(({ member }) => row(member, "web"))],
  };
}

export function cliOf(google: TestGoogle, change: Partial<StackCli> = {}): StackCli {
  return {
    isLoggedIn: async () => true,
    selectedStack: async () => "prod",
    hasStack: async () => true,
    config: async () => ({ values: VALUES, encrypted: new Set() }),
    outputs: async () => outputsOf(google),
    ...change,
  };
}

/** Time that passes as soon as somebody waits for it. */
export function hurriedClock(startMs = Date.parse("2026-11-20T12:00:00Z")): Clock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    after(ms, run) {
      const timer = later(() => {
        nowMs += ms;
        run();
      }, 1);
      return () => clearTimeout(timer);
    },
  };
}

/** A person, whose tokens have the audience of the tool that they signed in with. */
export function person(email = ADA, aud = "764086051850.apps.googleusercontent.com"): Identity {
  return {
    member: `user:${email}`,
    idToken: async () => realToken(email, aud),
  };
}

export function robot(email: string): Identity {
  const idToken = async (audience: string) => realToken(email, audience);
  return { member: `serviceAccount:${email}`, idToken, idTokenFor: idToken, accessToken: async () => ACCESS_TOKEN };
}

export function credentialsOf(identity: () => Promise<Identity>): Credentials {
  return { identity, headers: async () => ({ authorization: `Bearer ${ACCESS_TOKEN}` }) };
}

export type Change = Partial<Omit<DeployedOptions, "world">> & { world?: DeployedOptions["world"] };

/** Plays a mesh that enforces what the config says. */
export async function openMesh(google: TestGoogle, change: Change = {}): Promise<Deployed & { progress: string[] }> {
  google.services.set("web", { invokers: [ADA, "ci@acme.iam.gserviceaccount.com"] });
  google.services.set("api", { invokers: [account("web")] });
  google.services.set("cron", {});
  playPolicies(google);
  google.templates.set("web", { serviceAccount: account("web"), vpcAccess: { egress: "ALL_TRAFFIC" } });
  google.templates.set("api", { serviceAccount: account("api") });
  google.templates.set("cron", { serviceAccount: account("cron") });
  const progress: string[] = [];
  const deployed = await openDeployed({
    projectFolder: "/nowhere",
    onProgress: (line) => void progress.push(line),
    ...change,
    world: {
      cli: cliOf(google),
      credentials: credentialsOf(async () => person()),
      fetch,
      clock: hurriedClock(),
      runApi: google.api,
      loggingApi: google.api,
      policyApis: { iam: `${google.api}/iam/v1`, iap: `${google.api}/iap/v1`, resourceManager: `${google.api}/crm/v3` },
      ...change.world,
    },
  });
  return { ...deployed, progress };
}

/** The policies as the config declares them, unless a test has set others. */
function playPolicies({ policies }: TestGoogle): void {
  const INVOKER = "roles/run.invoker";
  const internal = { ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY" };
  policies.settings.set("web", { ingress: "INGRESS_TRAFFIC_ALL" }).set("api", internal).set("cron", internal);
  policies.grant("service web", INVOKER, ...SERVICES.web.access.map(({ member }) => member));
  policies.grant("service api", INVOKER, `serviceAccount:${account("web")}`);
}

export const name = ({ caller, from, to, token }: Probe) =>
  `${caller ?? "nobody"} from ${typeof from === "string" ? from : "its network"} -> ${to}, ${token}`;

/** All probes, or those that match, as `name: outcome or reason`. */
export async function outcomes({ graph, target }: Deployed, which: (probe: Probe) => boolean): Promise<string[]> {
  const results: Result[] = await verify(probes(graph).filter(which), target);
  return results.map(({ probe, observed, outcome }) => {
    const saw = "notProbed" in observed ? observed.notProbed : `${outcome}, ${observed.status}`;
    return `${name(probe)}: ${saw}`;
  });
}
