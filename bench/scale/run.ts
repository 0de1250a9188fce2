/** One preview of many services in a process of its own, so that its memory is its own: run by scale.ts, not by people. */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import * as serviceaccount from "@pulumi/gcp/serviceaccount";
import { openPulumiEngine } from "../../sandbox/engine";

export interface ScaleRun {
  readonly program: "mesh" | "bare";
  readonly services: number;
  readonly cli: { readonly command: string; readonly version: string };
  readonly stateFolder: string;
  readonly port: number;
}

export interface ScaleResult {
  readonly ms: number;
  /** The engine's own work left out: this process, with the program in it. */
  readonly maxRssMib: number;
  readonly resources: number;
}

const PLACE = { project: "acme-dev", location: "europe-west9" };
const IMAGE = `europe-docker.pkg.dev/acme-dev/images/app@sha256:${"0".repeat(64)}`;

/** Every service calls the next one. */
export function configOf(services: number): Record<string, string> {
  const written = Object.fromEntries(
    Array.from({ length: services }, (_, i) => [`s${i}`, { image: IMAGE, calls: [`s${(i + 1) % services}`] }]),
  );
  return {
    "gcp:project": PLACE.project,
    "gcp:region": PLACE.location,
    "cloud-run-mesh:projectNumber": "123456789012",
    "cloud-run-mesh:network": '{"network":"default","subnetwork":"default"}',
    "cloud-run-mesh:services": JSON.stringify(written),
  };
}

/** The same resources with the same inputs, written down without a component, a config or a check. */
function bareProgram(services: number) {
  return async () => {
    const made = Array.from({ length: services }, (_, i) => {
      const name = `s${i}`;
      const account = new serviceaccount.Account(name, {
        accountId: `${name}-service-account`,
        displayName: `Cloud Run service ${name}`,
        project: PLACE.project,
      });
      const service = new cloudrunv2.Service(name, {
        ...PLACE,
        name,
        ingress: "INGRESS_TRAFFIC_INTERNAL_ONLY",
        deletionProtection: true,
        template: {
          serviceAccount: account.email,
          vpcAccess: {
            egress: "ALL_TRAFFIC",
            networkInterfaces: [{ network: "default", subnetwork: "default" }],
          },
          containers: [
            {
              image: IMAGE,
              ports: { containerPort: 8080 },
              resources: { cpuIdle: true, startupCpuBoost: true, limits: { cpu: "1", memory: "512Mi" } },
              envs: [
                {
                  name: `S${(i + 1) % services}_URL`,
                  value: `https://s${(i + 1) % services}-123456789012.europe-west9.run.app`,
                },
              ],
            },
          ],
        },
      });
      return { account, service };
    });
    for (const [i, { account }] of made.entries()) {
      const { service } = made[(i + 1) % services]!;
      new cloudrunv2.ServiceIamMember(`s${i}-calls-s${(i + 1) % services}`, {
        ...PLACE,
        name: service.name,
        role: "roles/run.invoker",
        member: account.email.apply((email) => `serviceAccount:${email}`),
      });
    }
    return {};
  };
}

async function main({ program, services, cli, stateFolder, port }: ScaleRun): Promise<ScaleResult> {
  const engine = openPulumiEngine({
    cli,
    stateFolder,
    project: "cloud-run-mesh",
    stack: "scale",
    program: program === "mesh" ? require("../../index") : bareProgram(services),
    config: configOf(services),
    providers: { gcp: port },
  });
  const started = performance.now();
  const result = await engine.run("preview");
  const ms = performance.now() - started;
  if (!result.ok) throw new Error(result.diagnostics.map(({ message }) => message).join("\n"));
  const resources = result.steps.filter(({ type }) => type.startsWith("gcp:")).length;
  return { ms, maxRssMib: process.resourceUsage().maxRSS / 1024, resources };
}

if (require.main === module) {
  main(JSON.parse(process.argv[2] ?? "{}") as ScaleRun).then(
    (result) => {
      console.log(JSON.stringify(result));
      process.exit();
    },
    (error: Error) => {
      console.error(error.message);
      process.exit(1);
    },
  );
}
