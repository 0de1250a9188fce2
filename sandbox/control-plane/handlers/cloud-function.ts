import { projectOfEmail } from "../../../google/accounts";
import { byteCount } from "../../../google/quantities";
import { GoogleError, ProviderError } from "../errors";
import type { Handler, Subject, World } from "../handler";
import { listAt, numberAt, objectAt, type Properties, type PropertyValue, textAt } from "../properties";
import { shortName, stableLetters } from "../rules/identifiers";
import { labelProblem } from "../rules/labels";
import type { StoredResource } from "../state/store";
import { enumFailures } from "./run/audit";
import { parseRunId, runId, SERVICE } from "./run/names";
import { runService } from "./run/service";
import { ACCOUNT } from "./service-account";

export const FUNCTION = "gcp:cloudfunctionsv2/function:Function";

const NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const INGRESS: Readonly<Record<string, string>> = {
  ALLOW_ALL: "INGRESS_TRAFFIC_ALL",
  ALLOW_INTERNAL_ONLY: "INGRESS_TRAFFIC_INTERNAL_ONLY",
  ALLOW_INTERNAL_AND_GCLB: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
};

/**
 * A function of the 2nd generation, with the Cloud Run service underneath, which has its name, takes its grants and
 * goes with it. Source: https://cloud.google.com/functions/docs/reference/rest/v2/projects.locations.functions
 */
export const cloudFunction: Handler = {
  kind: "function",
  naming: { property: "name", maxLength: 63 },
  validate: (inputs) => enumFailures(objectAt(inputs, "serviceConfig"), { ingressSettings: Object.keys(INGRESS) }),
  identify: (inputs) => runId("functions", inputs),
  parseId: (id, world) => parseRunId("functions", id, world),

  admit(subject, world) {
    const { inputs } = subject;
    const name = shortName(subject.id);
    if (!NAME.test(name)) throw refusal(`Invalid resource field value in the request. name: '${name}'`);
    const label = labelProblem(inputs["labels"]);
    if (label !== undefined) throw refusal(label);
    for (const field of ["runtime", "entryPoint"]) {
      if (textAt(inputs, "buildConfig", field) === undefined) throw refusal(`build_config.${field} is required.`);
    }
    const builder = textAt(inputs, "buildConfig", "serviceAccount");
    const brings = textAt(inputs, "eventTrigger", "serviceAccountEmail");
    for (const account of [builder, brings]) admitAccount(account, world);
    const service = serviceUnder(subject, world);
    admitService(name, service, world);
    if (service.previous === undefined && subject.previous === undefined && existing(service, world)) {
      throw new GoogleError(
        409,
        `Could not create Cloud Run service ${name}. A Cloud Run service with this name already exists., alreadyExists`,
      );
    }
  },

  compute(subject, world) {
    const { id, inputs, incarnation } = subject;
    const [, project = "", , location = "", , name = ""] = id.split("/");
    const service = serviceUnder(subject, world);
    const url = functionUrl(id);
    const trigger = `projects/${project}/locations/${location}/triggers/${name}-${stableLetters(`${id} ${incarnation}`, 6)}`;
    return {
      name,
      url,
      environment: "GEN_2",
      state: "ACTIVE",
      updateTime: world.now().toISOString(),
      effectiveLabels: objectAt(inputs, "labels"),
      pulumiLabels: objectAt(inputs, "labels"),
      serviceConfig: {
        availableMemory: "256M",
        timeoutSeconds: 60,
        maxInstanceRequestConcurrency: 1,
        ...objectAt(inputs, "serviceConfig"),
        service: service.id,
        uri: runService.compute?.(service, world)["uri"] ?? "",
        gcfUri: url,
      },
      ...(inputs["eventTrigger"] !== undefined && { eventTrigger: { ...objectAt(inputs, "eventTrigger"), trigger } }),
    };
  },

  alongside(subject, world) {
    const service = serviceUnder(subject, world);
    const { type, id, inputs } = service;
    const computed = runService.compute?.(service, world);
    const urls = [...listAt(computed, "urls"), functionUrl(id)];
    const state = { ...runService.defaults?.(inputs, world), ...inputs, ...computed, urls };
    return [{ put: { type, id, inputs, state } }];
  },

  problems(subject, world) {
    return runService.problems?.(serviceUnder(subject, world), world) ?? [];
  },

  mayDelete({ state }) {
    if (state["deletionPolicy"] !== "PREVENT") return;
    throw new ProviderError('cannot destroy function without setting deletion_policy="DELETE" and running `pulumi up`');
  },

  cascade({ id }, world) {
    const service = serviceId(id);
    const grants = [...world.grants.on(service)].map((one) => ({ drop: { type: one.type, id: one.id } }));
    return [...grants, { drop: { type: SERVICE, id: service } }];
  },
};

/** What Cloud Run refuses of the service comes back in the words of its first API. Seen. */
function admitService(name: string, service: Subject, world: World): void {
  try {
    runService.admit?.(service, world);
  } catch (error) {
    const [, rest] =
      /^Violation in service\.template\.(.*)$/s.exec(error instanceof GoogleError ? error.detail : "") ?? [];
    if (rest === undefined) throw error;
    throw new GoogleError(400, `Could not create Cloud Run service ${name}. spec.template.spec.${rest}`);
  }
}

/** CPUs by memory. Source: https://cloud.google.com/functions/docs/configuring/memory */
const CPUS: readonly (readonly [most: string, cpu: string])[] = [
  ["128Mi", "0.083"],
  ["256Mi", "0.1666"],
  ["512Mi", "0.333"],
  ["1Gi", "0.583"],
  ["2Gi", "1"],
  ["8Gi", "2"],
  ["16Gi", "4"],
  ["24Gi", "6"],
];

function cpuFor(memory: string): string {
  return CPUS.find(([most]) => byteCount(memory) <= byteCount(most))?.[1] ?? "8";
}

function refusal(message: string): GoogleError {
  return new GoogleError(400, `${message}, badRequest`);
}

/** The address of a function beside those of its service, whose audience it is, too. */
function functionUrl(id: string): string {
  const [, project = "", , location = "", , name = ""] = id.split("/");
  return `https://${location}-${project}.cloudfunctions.net/${name}`;
}

function serviceId(id: string): string {
  return id.replace("/functions/", "/services/");
}

function existing({ type, id }: Subject, world: World): boolean {
  const found = world.find(type, id);
  return found !== undefined && !found.external;
}

/** What Google makes of a function: the service, as if somebody had declared it. */
function serviceUnder({ id, inputs, previous }: Subject, world: World): Subject {
  const [, project = "", , location = "", , name = ""] = id.split("/");
  const config = objectAt(inputs, "serviceConfig");
  const before: StoredResource | undefined = previous && world.find(SERVICE, serviceId(id));
  const [minInstanceCount, maxInstanceCount] = [
    numberAt(config, "minInstanceCount"),
    numberAt(config, "maxInstanceCount"),
  ];
  const vpcAccess = vpcAccessOf(config);
  const template: Properties = {
    serviceAccount: textAt(config, "serviceAccountEmail") ?? "",
    timeout: `${numberAt(config, "timeoutSeconds") ?? 60}s`,
    maxInstanceRequestConcurrency: numberAt(config, "maxInstanceRequestConcurrency") ?? 1,
    scaling: { minInstanceCount: minInstanceCount ?? 0, maxInstanceCount: maxInstanceCount ?? 100 },
    containers: [
      {
        image: `${location}-docker.pkg.dev/${project}/gcf-artifacts/${name}:latest`,
        envs: variables(config, project),
        resources: {
          limits: {
            memory: textAt(config, "availableMemory") ?? "256M",
            cpu: textAt(config, "availableCpu") ?? cpuFor(textAt(config, "availableMemory") ?? "256M"),
          },
          cpuIdle: true,
        },
      },
    ],
    ...(vpcAccess && { vpcAccess }),
  };
  if (template["serviceAccount"] === "") delete template["serviceAccount"];
  return {
    type: SERVICE,
    id: serviceId(id),
    inputs: {
      name,
      project,
      location,
      ingress: INGRESS[textAt(config, "ingressSettings") ?? "ALLOW_ALL"] ?? "INGRESS_TRAFFIC_ALL",
      deletionProtection: false,
      labels: { "goog-managed-by": "cloudfunctions" },
      template,
    },
    ...(before && { previous: before }),
    incarnation: world.incarnation(SERVICE, serviceId(id)),
  };
}

function variables(config: Properties, project: string): PropertyValue[] {
  const plain = Object.entries(objectAt(config, "environmentVariables")).map(([name, value]) => ({ name, value }));
  const secret = listAt(config, "secretEnvironmentVariables").map((one) => {
    const home = textAt(one, "projectId") ?? project;
    const reference = {
      secret: `projects/${home}/secrets/${textAt(one, "secret")}`,
      version: textAt(one, "version") ?? "latest",
    };
    return { name: textAt(one, "key") ?? "", valueSource: { secretKeyRef: reference } };
  });
  return [...plain, ...secret];
}

function vpcAccessOf(config: Properties): Properties | undefined {
  const connector = textAt(config, "vpcConnector");
  if (connector !== undefined) {
    return { connector, egress: textAt(config, "vpcConnectorEgressSettings") ?? "PRIVATE_RANGES_ONLY" };
  }
  const networkInterfaces = listAt(config, "directVpcNetworkInterfaces");
  if (networkInterfaces.length === 0) return undefined;
  const egress = (textAt(config, "directVpcEgress") ?? "VPC_EGRESS_PRIVATE_RANGES_ONLY").replace("VPC_EGRESS_", "");
  return { networkInterfaces, egress };
}

function admitAccount(reference: string | undefined, world: World): void {
  if (reference === undefined) return;
  const email = shortName(reference);
  const project = projectOfEmail(email);
  if (project === undefined) return;
  world.need(ACCOUNT, { accountId: email.slice(0, email.indexOf("@")), project }, () =>
    refusal(`Service account ${email} does not exist.`),
  );
}
