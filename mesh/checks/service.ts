import { isDefaultAccount } from "../../google/accounts";
import { DNS_LABEL_MAX, SERVICE_NAME_MAX, TAG_AND_NAME_MAX } from "../../google/run";
import { KEY_PATTERN, LABELS_MAX, labelKeyProblem, reservedPrefix } from "../names";
import { below, type Finding, type Problem } from "../problems";
import type { Place, ServiceSpec } from "../spec/spec";
import { checkEnvironment } from "./container/environment";
import { checkProbes } from "./container/probes";
import { checkContainers } from "./containers";
import { checkEgress } from "./egress";
import { checkTraffic } from "./traffic";

/** Checks of one service by itself. Each returns what is wrong, paths relative to the service. */
const CHECKS: readonly ((spec: ServiceSpec, place: Place) => Finding[])[] = [
  checkImage,
  checkSandbox,
  checkName,
  checkIdentity,
  checkEgress,
  (spec) => checkEnvironment(spec, "service"),
  checkProbes,
  (spec) => checkContainers(spec, "service"),
  checkLabels,
  checkScaling,
  checkTraffic,
];

export function checkService(spec: ServiceSpec, place: Place): Finding[] {
  return CHECKS.flatMap((check) => check(spec, place)).map((found) => below(`services.${spec.key}`, found));
}

export function checkImage({ image }: Pick<ServiceSpec, "image">): Problem[] {
  if (image !== "") return [];
  return [
    { path: "image", message: "is missing; set it to what you built and pushed, best pinned by digest (@sha256:…)" },
  ];
}

function checkSandbox({ source, sandbox }: ServiceSpec): Finding[] {
  if (sandbox?.command === undefined || source !== undefined) return [];
  return [{ path: "sandbox", message: 'needs "source", the folder in which its command runs', restsOn: ["source"] }];
}

export function checkName(
  { name, defaultUrlDisabled, traffic = [] }: Pick<ServiceSpec, "defaultUrlDisabled" | "name" | "traffic">,
  { projectNumber }: Place,
): Finding[] {
  const problems: Finding[] = [];
  if (!KEY_PATTERN.test(name)) {
    problems.push({
      path: "name",
      message: `"${name}" is not a service name; use lower-case letters, digits and hyphens, starting with a letter`,
    });
  }
  const label = `${name}-${projectNumber}`;
  if (name.length > SERVICE_NAME_MAX) {
    problems.push({
      path: "name",
      message: `"${name}" has ${name.length} characters, at most ${SERVICE_NAME_MAX} are allowed; set a shorter "name"`,
    });
  } else if (label.length > DNS_LABEL_MAX && !defaultUrlDisabled) {
    problems.push({
      path: "name",
      message: `"${label}" would be a DNS label of ${label.length} characters, at most ${DNS_LABEL_MAX} are allowed; set a shorter "name"`,
      restsOn: ["name", "defaultUrlDisabled"],
    });
  }
  traffic.forEach(({ tag }, i) => {
    if (tag === undefined) return;
    const length = tag.length + name.length;
    const host = `${tag}---${label}`;
    if (length > TAG_AND_NAME_MAX) {
      problems.push({
        path: `traffic[${i}].tag`,
        message: `"${tag}" and the name "${name}" have ${length} characters together, at most ${TAG_AND_NAME_MAX} are allowed; choose a shorter tag`,
        restsOn: ["name"],
      });
    } else if (host.length > DNS_LABEL_MAX) {
      problems.push({
        path: `traffic[${i}].tag`,
        message: `"${host}" would be a DNS label of ${host.length} characters, at most ${DNS_LABEL_MAX} are allowed; choose a shorter tag`,
        restsOn: ["name"],
      });
    }
  });
  return problems;
}

/**
 * Roles that would undo what the mesh declares: everything, every service, every account, or whoever may be granted what.
 * Compared without regard to case: what was meant counts. Sources: https://cloud.google.com/iam/docs/roles-overview#basic (admin, writer
 * and reader succeed owner, editor and viewer), https://cloud.google.com/iam/docs/roles-permissions
 */
const REFUSED_ROLES = new RegExp(
  `^roles/(${[
    "owner|editor|viewer|admin|writer|reader",
    "run\\.(invoker|servicesInvoker|jobsExecutor.*|admin|developer|sourceDeveloper)",
    "cloudfunctions\\.(invoker|developer|admin)",
    "iap\\.(httpsResourceAccessor|admin)",
    "iam\\.(serviceAccount.*|workloadIdentity.*|workforcePool.*|securityAdmin|roleAdmin|organizationRoleAdmin)",
    "resourcemanager\\..*",
  ].join("|")})$`,
  "i",
);

/** Whether a role undoes what the mesh declares, wherever it is granted. */
export function reachesTooFar(role: string): boolean {
  return REFUSED_ROLES.test(role);
}

export function checkIdentity({
  serviceAccount,
  roles = [],
}: Pick<ServiceSpec, "roles" | "serviceAccount">): Problem[] {
  const problems: Problem[] = [];
  if (serviceAccount !== undefined && isDefaultAccount(serviceAccount)) {
    problems.push({
      path: "serviceAccount",
      message: `"${serviceAccount}" is a default service account, whose roles nobody declared; remove the key to get an account of its own`,
    });
  }
  const seen = new Set<string>();
  roles.forEach((role, i) => {
    const path = `roles[${i}]`;
    if (reachesTooFar(role)) {
      const fix = /^roles\/(run|cloudfunctions)\./i.test(role)
        ? 'declare the call in "calls"'
        : "grant a narrower role";
      problems.push({ path, message: `"${role}" on the project reaches beyond this service; ${fix}` });
    }
    if (seen.has(role)) problems.push({ path, message: `"${role}" is listed twice; remove one entry` });
    seen.add(role);
  });
  return problems;
}

export function checkLabels({ labels, annotations = {} }: Pick<ServiceSpec, "annotations" | "labels">): Problem[] {
  const problems: Problem[] = [];
  const keys = Object.keys(labels);
  if (keys.length > LABELS_MAX)
    problems.push({
      path: "labels",
      message: `got ${keys.length} labels, those of the mesh included; at most ${LABELS_MAX} are allowed`,
    });
  for (const key of keys) {
    const message = labelKeyProblem(key);
    if (message) problems.push({ path: `labels.${key}`, message });
  }
  for (const key of Object.keys(annotations)) {
    const reserved = reservedPrefix(key);
    if (reserved)
      problems.push({
        path: `annotations.${key}`,
        message: `the prefix "${reserved}" is reserved by Cloud Run; choose another key`,
      });
    if (key.startsWith("cloud-run-mesh/"))
      problems.push({
        path: `annotations.${key}`,
        message: '"cloud-run-mesh/" is written by this program; choose another key',
      });
  }
  return problems;
}

export function checkScaling({ scaling = {} }: Pick<ServiceSpec, "scaling">): Problem[] {
  const { minInstances, maxInstances, manualInstances } = scaling;
  const problems: Problem[] = [];
  if (minInstances !== undefined && maxInstances !== undefined && minInstances > maxInstances) {
    problems.push({
      path: "scaling.minInstances",
      message: `got ${minInstances}, expected at most maxInstances (${maxInstances})`,
    });
  }
  if (manualInstances !== undefined && (minInstances !== undefined || maxInstances !== undefined)) {
    problems.push({
      path: "scaling.manualInstances",
      message: "excludes minInstances and maxInstances; keep one of the two ways",
    });
  }
  return problems;
}
