/** `npm run workforce-login`: writes what people of a workforce pool sign in to Google's APIs with. */
import * as path from "node:path";
import { Command, Option } from "commander";
import { makeFolder } from "../../sandbox/files/make-folder";
import { JsonDocument } from "../command/document";
import { runCommand } from "../command/run";
import { fromHere, npm, quoted, STATE, standWhereThePersonIs } from "../person";
import { replaceFile } from "../replace-file";
import { credentialConfig, type LoginOptions, loginConfig, problemsOf, type TokenSource } from "./config";
import { type SandboxLogin, signInHere } from "./in-sandbox";

interface Options {
  readonly provider: string;
  readonly userProject: string;
  readonly impersonate?: string;
  readonly tokenFile?: string;
  readonly tokenCommand?: string;
  readonly as?: string;
  readonly mesh?: string;
  readonly state: string;
  readonly folder?: string;
}

const OWNER_ONLY = 0o600;

const document = new JsonDocument();

async function login(options: Options): Promise<void> {
  const folder = path.resolve(
    options.folder ?? (options.as === undefined ? "." : path.join(options.state, "workforce")),
  );
  const file = (name: string) => path.join(folder, name);
  const source = sourceOf(options, file("token"));
  const wanted: LoginOptions = { ...options, source };
  const [credentials, gcloud] = [file("workforce-credentials.json"), file("workforce-gcloud-login.json")];
  const problems = [...problemsOf(wanted), ...tokenFileProblems(options, [credentials, gcloud])];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const here = options.as === undefined ? undefined : await signInHere(options.as, options);
  makeFolder(folder);
  if (here) replaceFile(file("token"), here.idToken, OWNER_ONLY);
  replaceFile(credentials, json(credentialConfig(wanted)));
  replaceFile(gcloud, json(loginConfig(options.provider)));
  const environment = {
    ...here?.env,
    GOOGLE_APPLICATION_CREDENTIALS: credentials,
    ...("command" in source && { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1" }),
  };
  const envFile = here && file("workforce.env");
  if (envFile) replaceFile(envFile, lines(environment), OWNER_ONLY);
  document.print({
    ok: true,
    credentials,
    gcloudLogin: gcloud,
    ...(envFile ? { env: envFile, as: here.as } : { environment }),
  });
  if (!document.isWanted) tell({ credentials, gcloud, environment, envFile, here });
}

function sourceOf({ tokenFile, tokenCommand, as }: Options, own: string): TokenSource {
  const given = [tokenFile, tokenCommand, as].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw new Error(
      "where the company's token comes from: name one of --token-file, --token-command, or --as for the mesh that runs here",
    );
  }
  if (tokenCommand !== undefined) return { command: tokenCommand };
  return { file: tokenFile ?? own };
}

/** What is written must not be what the token is read from. */
function tokenFileProblems({ tokenFile }: Options, written: readonly string[]): string[] {
  if (tokenFile === undefined) return [];
  if (tokenFile.trim() === "") return ["--token-file: is empty; name the file that holds the token"];
  if (!written.includes(path.resolve(tokenFile))) return [];
  return [`--token-file "${tokenFile}": is written here, and the token would be lost; name another --folder`];
}

interface Written {
  readonly credentials: string;
  readonly gcloud: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly envFile: string | undefined;
  readonly here: SandboxLogin | undefined;
}

function tell({ credentials, gcloud, environment, envFile, here }: Written): void {
  console.log(`written: ${fromHere(credentials)}, for Google's libraries; ${fromHere(gcloud)}, for gcloud`);
  if (envFile) {
    console.log(`signed in as ${here?.as}, for an hour, in the mesh "${here?.stack}" that runs here`);
    console.log(`  a program:  (set -a; . ${quoted(shellFile(envFile))}; PROGRAM)`);
    return;
  }
  const assigned = Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`);
  console.log(`  a program:  ${assigned.join(" ")} PROGRAM`);
  console.log(`  gcloud:     gcloud auth login --login-config=${quoted(fromHere(gcloud))}`);
  console.log(`  what the person needs in IAM, and how to check it: docs/workforce.md`);
}

/** A name without a slash would be looked for on PATH. */
function shellFile(file: string): string {
  return fromHere(file).includes("/") ? fromHere(file) : `./${fromHere(file)}`;
}

function lines(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${quoted(value)}\n`)
    .join("");
}

function json(content: object): string {
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

standWhereThePersonIs("workforce-login");

const program = new Command(npm("workforce-login"))
  .usage("-- [options]")
  .description(
    "Writes what people of a workforce pool sign in to Google's APIs with; no file of it is a secret but --as's",
  )
  .requiredOption("--provider <name>", "the pool's provider: POOL/PROVIDER")
  .requiredOption("--user-project <id>", "the project that requests count towards")
  .option("--impersonate <account>", "the service account whose access tokens a program gets, in the person's place")
  .addOption(
    new Option("--token-file <file>", "a file in which a program of yours keeps the company's ID token").conflicts([
      "tokenCommand",
      "as",
    ]),
  )
  .addOption(
    new Option("--token-command <command>", "a command that prints it, such as one of the Azure CLI").conflicts("as"),
  )
  .option("--as <who>", "a person of the mesh that runs here (npm start), who is signed in: a member or an address")
  .option("--mesh <stack>", "which mesh, where several run here: its stack, or the name of its folder below --state")
  .option("--state <folder>", "where npm start keeps its state", STATE)
  .option("--folder <folder>", "where the files are written to (default: here, or with --as the state folder)")
  .option("--json", "print where they are as JSON")
  .action(login);

void runCommand(program, { document });
