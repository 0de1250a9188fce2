/** `npm run token` and `npm run call`: a service called with the right token, for whoever runs it. */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { JsonDocument } from "../command/document";
import { runCommand } from "../command/run";
import { PulumiCli } from "../deploy/pulumi-cli";
import { CHECKOUT, STATE, standWhereThePersonIs } from "../person";
import { audienceOf, purposeOf } from "./audience";
import { wayInSandbox } from "./in-sandbox";
import { send } from "./send";
import { callerOf, missingGrant, type Way } from "./way";

interface WhereOptions {
  readonly as?: string;
  readonly stack?: string;
  readonly mesh?: string;
  readonly state: string;
}

const document = new JsonDocument();
const today = () => new Date().toISOString().slice(0, 10);

async function find(service: string, { as, stack, mesh, state }: WhereOptions): Promise<Way> {
  if (stack === undefined) return wayInSandbox(state, service, { as, mesh });
  // Google's library takes longer to load than a call into the sandbox takes.
  const { wayOnGoogleCloud } = require("./on-google-cloud") as typeof import("./on-google-cloud");
  return wayOnGoogleCloud(service, { stack, as, cli: await PulumiCli.find(CHECKOUT), today: today() });
}

async function token(service: string, options: WhereOptions & { readonly json?: boolean }): Promise<number> {
  const way = await find(service, options);
  try {
    const missing = await missingGrant(way, today());
    const { as, via, url, place, token: text } = way;
    if (options.json) {
      const refusedWith = missing && { refusedWith: missing };
      document.print({ ok: true, token: text, as, ...(via && { via }), audience: audienceOf(text), ...refusedWith });
    } else {
      console.error(`${callerOf(way)}, ${purposeOf(text, url)}, in ${place}`);
      if (missing) console.error(`this token will be refused:\n${missing}`);
      console.log(text);
    }
    return 0;
  } finally {
    await way.close();
  }
}

interface CallOptions extends WhereOptions {
  readonly request?: string;
  readonly data?: string;
  readonly header?: readonly string[];
  readonly include?: boolean;
  readonly timeout: number;
}

async function call(service: string, path: string, options: CallOptions): Promise<number> {
  const way = await find(service, options);
  try {
    const { response, refusal } = await send(way, {
      method: options.request,
      path,
      body: options.data,
      headers: options.header,
      timeoutMs: options.timeout * 1000,
    });
    if (refusal) {
      console.error(refusal.explanation);
      return 1;
    }
    console.error(`${response.status} ${response.statusText}, as ${callerOf(way)}, from ${way.place}`);
    if (options.include) for (const [name, value] of response.headers) console.log(`${name}: ${value}`);
    if (options.include) console.log();
    if (response.body) await pipeline(Readable.fromWeb(response.body), process.stdout, { end: false });
    if (process.stdout.isTTY) console.log();
    return response.ok ? 0 : 1;
  } finally {
    await way.close();
  }
}

function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 3600)) throw new InvalidArgumentError("Allowed: seconds, more than 0, at most 3600.");
  return value;
}

standWhereThePersonIs("token", "call");

const program = new Command("npm run").description("Calls a service of the mesh in somebody's name");
const where = (command: Command) =>
  command
    .option(
      "--as <who>",
      "who calls: the key of a service, function, job or worker pool, a member or an e-mail address; on Google Cloud an account, which is impersonated, or yourself",
    )
    .addOption(
      new Option("--stack <stack>", "a stack on Google Cloud, instead of the mesh that runs here").env("MESH_STACK"),
    )
    .option("--mesh <stack>", "which mesh, where several run here: its stack, or the name of its folder below --state")
    .option("--state <folder>", "where npm start keeps its state", STATE);

where(program.command("token"))
  .usage("-- [options] <service>")
  .description("Prints an ID token for a service, for whoever may call it first or for --as")
  .argument("<service>", "the service's key in the stack config")
  .option("--json", "print it as JSON, with who it is for and why it would be refused")
  .action(async (service: string, options) => {
    process.exitCode = await token(service, options);
  });
where(program.command("call"))
  .usage("-- [options] <service> [path]")
  .description("Calls a service with a token of its own; says which grant is missing where Cloud Run refuses")
  .argument("<service>", "the service's key in the stack config")
  .argument("[path]", "path with query", "/")
  .option("-X, --request <method>", "HTTP method (default: GET, or POST with --data)")
  .option("-d, --data <body>", "body; sent as application/json unless a header says otherwise")
  .option("-H, --header <header...>", '"Name: value"; an Authorization of yours goes to the service')
  .option("-i, --include", "print the answer's header too")
  .option("--timeout <seconds>", "how long to wait", seconds, 60)
  .action(async (service: string, path: string, options) => {
    process.exitCode = await call(service, path, options);
  });

void runCommand(program, { document });
