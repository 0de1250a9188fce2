/** Builds images with Cloud Build, through the person's own gcloud: nothing has to be installed to build, not even Docker. */
import { execFile } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { temporaryFolder } from "../../sandbox/files/temporary-folder";
import { type Build, REPOSITORY } from "./plan";

export interface CloudBuildOptions {
  readonly project: string;
  readonly region: string;
  /** E-mail address of the account that builds. @default Cloud Build's default account of the project */
  readonly serviceAccount?: string | undefined;
  readonly tell: (line: string) => void;
  /** @default the gcloud on PATH */
  readonly program?: string;
}

/** Keeps what may have to come back and drops the rest. Source: https://cloud.google.com/artifact-registry/docs/repositories/cleanup-policy */
const CLEANUP = [
  { name: "drop-old", action: { type: "Delete" }, condition: { olderThan: "90d" } },
  { name: "keep-recent", action: { type: "Keep" }, mostRecentVersions: { keepCount: 10 } },
];

export class CloudBuild {
  constructor(private readonly options: CloudBuildOptions) {}

  /** Makes the repository where there is none, with scanning on and a policy for what is kept. */
  async ensureRepository(): Promise<void> {
    const { project, region, tell } = this.options;
    const place = [`--location=${region}`, `--project=${project}`];
    const found = await this.#gcloud(["artifacts", "repositories", "describe", REPOSITORY, ...place]);
    if (found.code === 0) return;
    if (!/NOT_FOUND/.test(found.stderr)) throw new Error(failure("the repository could not be looked up", found));
    tell(`makes the repository ${REPOSITORY} in ${region}`);
    await this.#need("the repository could not be made", [
      ...["artifacts", "repositories", "create", REPOSITORY, ...place, "--repository-format=docker"],
      "--description=Images of the services of cloud-run-mesh",
      "--allow-vulnerability-scanning",
    ]);
    await this.#withFile("cleanup.json", CLEANUP, (file) =>
      this.#need("the clean-up policy could not be set", [
        ...["artifacts", "repositories", "set-cleanup-policies", REPOSITORY, ...place],
        ...[`--policy=${file}`, "--no-dry-run"],
      ]),
    );
  }

  /** The image with its digest, once it is built and pushed. */
  async build({ key, folder, context, image, dockerfile }: Build): Promise<string> {
    const { project, region, serviceAccount } = this.options;
    const how = [
      ...["builds", "submit", `--project=${project}`, `--region=${region}`, "--format=json"],
      ...(serviceAccount === undefined
        ? []
        : [
            `--service-account=projects/${project}/serviceAccounts/${serviceAccount}`,
            "--default-buckets-behavior=regional-user-owned-bucket",
          ]),
    ];
    const failed = `"${key}" could not be built`;
    const built =
      dockerfile === undefined
        ? await this.#need(failed, [...how, `--pack=image=${image}`, folder])
        : await this.#withFile("cloudbuild.json", withDocker(image, dockerfile), (file) =>
            this.#need(failed, [...how, `--config=${file}`, context]),
          );
    const digest = digestOf(built.stdout, image);
    if (digest === undefined) throw new Error(`${failed}: gcloud told no digest of ${image}`);
    return `${image}@${digest}`;
  }

  async #need(problem: string, args: readonly string[]): Promise<Ran> {
    const ran = await this.#gcloud(args);
    if (ran.code !== 0) throw new Error(failure(problem, ran));
    return ran;
  }

  #gcloud(args: readonly string[]): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const { program = "gcloud" } = this.options;
      execFile(program, [...args, "--quiet"], { maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        if (error?.code === "ENOENT")
          reject(new Error("gcloud is not on PATH; install it: https://cloud.google.com/sdk/docs/install"));
        else resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr });
      });
    });
  }

  async #withFile<T>(name: string, content: unknown, use: (file: string) => Promise<T>): Promise<T> {
    const folder = temporaryFolder();
    try {
      const file = path.join(folder, name);
      writeFileSync(file, JSON.stringify(content));
      return await use(file);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Source: https://cloud.google.com/build/docs/building/build-containers */
function withDocker(image: string, dockerfile: string): object {
  const tagged = `${image}:$BUILD_ID`;
  return {
    steps: [
      {
        name: "gcr.io/cloud-builders/docker",
        env: ["DOCKER_BUILDKIT=1"],
        args: ["build", "--file", dockerfile.split(path.sep).join("/"), "--tag", tagged, "."],
      },
    ],
    images: [tagged],
  };
}

/** gcloud prints the build once it has ended; its results have a digest for each image. */
function digestOf(stdout: string, image: string): string | undefined {
  let build: { results?: { images?: readonly { name?: string; digest?: string }[] } };
  try {
    build = JSON.parse(stdout);
  } catch {
    return undefined;
  }
  const found = build.results?.images?.find(({ name }) => name === image || name?.startsWith(`${image}:`));
  return found?.digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(found.digest) ? found.digest : undefined;
}

function failure(problem: string, { stderr }: Ran): string {
  const said = stderr.trim().split("\n").slice(-5).join("\n  ");
  return `${problem}; gcloud said:\n  ${said}`;
}
