/** Holds what stands at Google against what the config declares. */
import { isPublicMember, isSameMember } from "../../google/members";
import { declaration, removal } from "./fix";
import { CALLING_PERMISSIONS, opens, ROLES } from "./opens";
import { type MeshInPlace, type Place, placesOf, projectNumber } from "./places";
import { type Grant, grantsIn, type Policy, type PolicySource } from "./policy";
import { judgeSettings } from "./settings";

/**
 * - `undeclared`: somebody whom the config does not name.
 * - `missing`: somebody whom it names is not there.
 * - `differs`: a setting of a service is another one.
 * - `unread`: it could not be seen; what stands there is not known.
 * - `administers`: somebody who deploys or says who may. No failure: no config declares them, and every project has some.
 */
export type GrantOutcome = "undeclared" | "missing" | "differs" | "unread" | "administers";

export interface GrantFinding {
  readonly outcome: GrantOutcome;
  /** Where it stands: `service "web"`. */
  readonly on: string;
  readonly member?: string;
  readonly role?: string;
  /** What it opens, or what is wrong. */
  readonly message: string;
  /** What else there is to know about it. */
  readonly note?: string;
  /** What takes it away, or brings it back. */
  readonly command?: string;
  /** The line of the config that would declare it. */
  readonly declare?: string;
}

export interface GrantReport {
  /** How many policies were read. */
  readonly policies: number;
  readonly findings: readonly GrantFinding[];
}

export interface JudgeOptions {
  /** The command that brings back what the config declares. */
  readonly redeploy: string;
  /** Members who deploy: what lets them change what the mesh made is expected. @default none */
  readonly deployers?: readonly string[];
}

/** Whether what was found may be left as it is. */
export function isSound({ findings }: GrantReport): boolean {
  return findings.every(({ outcome }) => outcome === "administers");
}

/** Policies read at a time. */
const AT_ONCE = 8;

export async function judgeGrants(
  mesh: MeshInPlace,
  source: PolicySource,
  options: JudgeOptions,
): Promise<GrantReport> {
  const left = placesOf(mesh).map((place, i) => ({ place, i }));
  const found: (GrantFinding[] | undefined)[] = [];
  let policies = 0;
  const lane = async () => {
    for (let next = left.shift(); next; next = left.shift()) {
      const { place, i } = next;
      const unread = (error: Error): GrantFinding[] => [{ outcome: "unread", on: place.label, message: error.message }];
      const held = source.policy(place).then((policy) => {
        policies += 1;
        return judgePolicy(policy, place, { mesh, source, ...options });
      });
      const set = place.settings ? source.settings(place).then((now) => judgeSettings(now, place, mesh)) : [];
      found[i] = (await Promise.all([held.catch(unread), Promise.resolve(set).catch(unread)])).flat();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return { policies, findings: found.flatMap((findings) => findings ?? []) };
}

type Judging = JudgeOptions & { readonly mesh: MeshInPlace; readonly source: PolicySource };

async function judgePolicy(policy: Policy, place: Place, judging: Judging): Promise<GrantFinding[]> {
  const grants = grantsIn(policy);
  const matches = (grant: Grant) => (one: Place["declared"][number]) =>
    one.role === grant.role && isSameMember(one.member, grant.member) && one.condition === grant.condition?.expression;
  const others = grants.filter((grant) => !place.declared.some(matches(grant)));
  const isConditional = grants.some(({ condition }) => condition);
  const judged = await Promise.all(others.map((grant) => judgeGrant(grant, place, isConditional, judging)));
  if (place.kind === "project") return judged.flat();
  const missing = place.declared.filter((one) => !grants.some((grant) => matches(grant)(one)));
  return [...judged.flat(), ...missing.map((one) => missingFinding(one, place, judging))];
}

async function judgeGrant(
  grant: Grant,
  place: Place,
  isConditional: boolean,
  { mesh, source, deployers = [], redeploy }: Judging,
): Promise<GrantFinding[]> {
  const { member, role } = grant;
  const about = { on: place.label, member, role };
  const power = ROLES[role]?.power;
  const isDeployer = deployers.some((one) => isSameMember(one, member));
  let message = opens(grant, place);
  if (place.kind === "project" && isCustom(role) && !isPublicMember(member)) {
    try {
      const reaching = (await source.permissionsIn(role)).filter((one) => CALLING_PERMISSIONS.includes(one));
      if (reaching.length === 0) return [];
      const end = grant.condition ? `, while ${grant.condition.expression}` : "";
      message = `has ${reaching.join(", ")} in all of "${place.name}"${end}`;
    } catch (error) {
      return [{ outcome: "unread", ...about, message: (error as Error).message }];
    }
  } else if (
    place.kind === "project" &&
    !isPublicMember(member) &&
    (power === undefined || isGooglesOwn(member, mesh))
  ) {
    return [];
  }
  const isExpected = power === "administers" && !isPublicMember(member) && (isAround(place) || isDeployer);
  if (isExpected) return [{ outcome: "administers", ...about, message }];
  const ended = place.ended?.find((one) => one.role === role && isSameMember(one.member, member));
  if (ended && !grant.condition) {
    const over = `${message}, though its last day by ${ended.reason} was ${ended.until}`;
    return [{ outcome: "undeclared", ...about, message: over, command: redeploy }];
  }
  const declare = declaration(grant, place, mesh);
  const note = grant.condition && place.kind === "service" && CONDITION_ON_CLOUD_RUN;
  const command = removal(grant, place, mesh, isConditional);
  return [{ outcome: "undeclared", ...about, message, ...(note && { note }), command, ...(declare && { declare }) }];
}

/** Seen with the provider 9.35: it reads these policies without asking for version 3, and Google then refuses its changes. */
const CONDITION_ON_CLOUD_RUN =
  "a condition on a policy of Cloud Run makes every later change of it by Pulumi fail, so remove it first";

function missingFinding(
  { member, role, condition, reason }: Place["declared"][number],
  { label: on }: Place,
  { redeploy: command }: Judging,
): GrantFinding {
  const end = condition === undefined ? "" : `, while ${condition}`;
  return { outcome: "missing", on, member, role, message: `is declared by ${reason}${end}, and not there`, command };
}

/**
 * The agents that Google gave this very project; those of another project's products are strangers.
 * Source: https://cloud.google.com/iam/docs/service-agents
 */
function isGooglesOwn(member: string, { graph }: MeshInPlace): boolean {
  const number = projectNumber(graph);
  const agents = `^serviceAccount:(service-${number}@gcp-sa-[\\w-]+\\.iam|${number}@cloudservices)\\.gserviceaccount\\.com$`;
  return number !== undefined && new RegExp(agents).test(member);
}

function isAround({ kind }: Place): boolean {
  return kind === "project" || kind === "iap-project" || kind === "iap-region" || kind === "iap-compute";
}

function isCustom(role: string): boolean {
  return /^(projects|organizations)\//.test(role);
}
