/**
 * One function (2nd gen), which is a Cloud Run service underneath: its code, an account that it runs as, one that builds
 * it and, where events start it, one that brings them. Nobody may call it until an {@link InvokerGrant} says so.
 */
import * as cloudfunctionsv2 from "@pulumi/gcp/cloudfunctionsv2";
import * as projects from "@pulumi/gcp/projects";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import type { cloudfunctionsv2 as types } from "@pulumi/gcp/types/input";
import * as pulumi from "@pulumi/pulumi";
import { accountId, type Ingress, labelValue } from "../mesh";
import { uploadSource } from "./function-source";
import { type OwnAccountArgs, ownAccount } from "./own-account";

/** Label in which the reason for `ingress: all` travels: functions have no annotations. */
export const INGRESS_ALL_REASON_LABEL = "ingress-all-reason";

/** Source: https://cloud.google.com/functions/docs/securing/build-custom-sa */
const BUILD_ROLES = ["roles/logging.logWriter", "roles/artifactregistry.writer", "roles/storage.objectViewer"];

/** Source: https://cloud.google.com/eventarc/docs/roles-permissions */
const EVENT_RECEIVER_ROLE = "roles/eventarc.eventReceiver";

export interface CloudRunFunctionArgs extends OwnAccountArgs {
  /** Region, e.g. `europe-west9`. */
  readonly location: pulumi.Input<string>;
  /** Project id. */
  readonly project: pulumi.Input<string>;
  /** Folder with the code, relative to where the program runs. */
  readonly source: string;
  /** Bucket that the code is uploaded to. */
  readonly bucket: pulumi.Input<string>;
  /** Language and version, e.g. `nodejs22`. */
  readonly runtime: string;
  /** Name of the function in the code. */
  readonly entryPoint: string;
  /** Id of the account that builds it. @default - NAME-build-sa, shortened with a hash */
  readonly buildAccountId?: string;
  /** Events that start it. @default - requests start it */
  readonly trigger?: Omit<types.FunctionEventTrigger, "serviceAccountEmail">;
  /** Id of the account that brings the events. @default - NAME-trigger-sa, shortened with a hash */
  readonly triggerAccountId?: string;
  /** How it can be reached over the network; `{ all: reason }` opens it to the internet, IAM still asks for an invoker. @default "internal" */
  readonly ingress?: Ingress;
  /** Everything else of the service underneath. @default - Google's defaults */
  readonly serviceConfig?: Omit<
    types.FunctionServiceConfig,
    "environmentVariables" | "ingressSettings" | "secretEnvironmentVariables" | "serviceAccountEmail"
  >;
  /** What it is for. @default - none */
  readonly description?: string;
  /** Labels. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether destroying it is refused. @default true */
  readonly deletionProtection?: boolean;
}

export class CloudRunFunction extends pulumi.ComponentResource {
  /**
   * Name of the function, and of the Cloud Run service underneath, on which the grants are.
   * Source: https://cloud.google.com/functions/docs/concepts/version-comparison
   */
  readonly serviceName: pulumi.Output<string>;
  /** E-mail address of the account that it runs as. */
  readonly email: pulumi.Output<string>;
  /** The account as an IAM member: `serviceAccount:EMAIL`. */
  readonly member: pulumi.Output<string>;
  /** The function. */
  readonly function: cloudfunctionsv2.Function;

  constructor(name: string, args: CloudRunFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("cloud-run-mesh:index:CloudRunFunction", name, {}, opts);
    const inside = { parent: this };

    const { email, member, grants } = ownAccount("function", name, args, inside);
    this.email = email;
    this.member = member;
    const build = helperAccount("build", name, args, args.buildAccountId, BUILD_ROLES, inside);
    const events =
      args.trigger && helperAccount("trigger", name, args, args.triggerAccountId, [EVENT_RECEIVER_ROLE], inside);
    const code = uploadSource(args.name ?? name, args.source, args.bucket, inside);
    const { location, project, description, runtime, entryPoint } = args;
    this.function = new cloudfunctionsv2.Function(
      name,
      {
        name: args.name ?? name,
        location,
        project,
        ...(description !== undefined && { description }),
        ...labelsOf(args),
        buildConfig: {
          runtime,
          entryPoint,
          serviceAccount: build.account.name,
          source: { storageSource: { bucket: code.bucket, object: code.name } },
        },
        serviceConfig: serviceConfig(args, email),
        ...(args.trigger && events && { eventTrigger: { ...args.trigger, serviceAccountEmail: events.account.email } }),
        ...((args.deletionProtection ?? true) && { deletionPolicy: "PREVENT" }),
      },
      // What the component waits for is handed on: Pulumi makes nothing inside a component wait.
      pulumi.mergeOptions(
        { dependsOn: opts?.dependsOn },
        { ...inside, dependsOn: [...grants, ...build.grants, ...(events?.grants ?? [])] },
      ),
    );
    this.serviceName = this.function.name;

    this.registerOutputs({ serviceName: this.serviceName, email: this.email });
  }
}

/** An account that does something for the function, and never runs it. */
function helperAccount(
  what: "build" | "trigger",
  name: string,
  args: CloudRunFunctionArgs,
  id: string | undefined,
  roles: readonly string[],
  opts: pulumi.CustomResourceOptions,
) {
  const { project } = args;
  const runName = args.name ?? name;
  const account = new serviceaccount.Account(
    `${name}-${what}`,
    {
      accountId: id ?? accountId(`${runName}-${what}`),
      displayName: `${what === "build" ? "Builds" : "Brings events to"} the function ${runName}`,
      project,
    },
    opts,
  );
  const { member } = account;
  const grants = roles.map((role) => {
    const grant = `${name}-${what}-has-${role.replace(/^roles\//, "")}`;
    return new projects.IAMMember(grant, { project, role, member }, opts);
  });
  return { account, grants };
}

function labelsOf({ ingress, labels }: CloudRunFunctionArgs): { labels?: Record<string, string> } {
  const reason = typeof ingress === "object" ? labelValue(ingress.all) : undefined;
  const all = { ...labels, ...(reason !== undefined && { [INGRESS_ALL_REASON_LABEL]: reason }) };
  return Object.keys(all).length > 0 ? { labels: all } : {};
}

function serviceConfig(args: CloudRunFunctionArgs, email: pulumi.Output<string>): types.FunctionServiceConfig {
  const { env = {}, secretEnv = {}, ingress = "internal", project } = args;
  const secrets = Object.entries(secretEnv).map(([key, { secret, version }]) => ({
    key,
    projectId: pulumi.all([secret, project]).apply(([one, own]) => /^projects\/([^/]+)\//.exec(one)?.[1] ?? own),
    secret: pulumi.output(secret).apply((one) => one.slice(one.lastIndexOf("/") + 1)),
    version,
  }));
  return {
    ...args.serviceConfig,
    serviceAccountEmail: email,
    ingressSettings: ingressSettings(ingress),
    ...(Object.keys(env).length > 0 && { environmentVariables: env }),
    ...(secrets.length > 0 && { secretEnvironmentVariables: secrets.sort((a, b) => (a.key < b.key ? -1 : 1)) }),
  };
}

function ingressSettings(ingress: Ingress): string {
  if (ingress === "internal") return "ALLOW_INTERNAL_ONLY";
  return ingress === "load-balancer" ? "ALLOW_INTERNAL_AND_GCLB" : "ALLOW_ALL";
}
