/**
 * A test tool: the Node language host for machines that have the Pulumi engine and no official release, which is where
 * the host comes from. It exists so that `pulumi preview --policy-pack policy` can be tested the way people run it, with
 * the project's own Pulumi.yaml and TypeScript settings. Nobody else needs it, and nothing outside of tests/ uses it.
 *
 * Like the official host, it runs a program with `node @pulumi/pulumi/cmd/run` and a policy pack with
 * `node @pulumi/pulumi/cmd/run-policy-pack`, with the same arguments, environment and working directory, and reads the
 * same `runtime.options`. Left out, as no test needs it: plugin discovery, installing, debugging, pinned Node versions,
 * generating code, and the stack's config in a policy pack's environment.
 *
 * Plain JavaScript, because the engine starts it and every start of ts-node would count as the engine's time.
 */
const { spawn, execFileSync } = require("node:child_process");
const path = require("node:path");
const grpc = require("@grpc/grpc-js");
const language = require("@pulumi/pulumi/proto/language_pb");
const services = require("@pulumi/pulumi/proto/language_grpc_pb");
const plugin = require("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");

/** The program said what is wrong; the engine needs to add nothing. */
const ALREADY_EXPLAINED = 32;

const running = new Set();
let engineAddress = process.argv.at(-1);

const host = {
  handshake({ request }, reply) {
    engineAddress = request.getEngineAddress();
    reply(null, new language.LanguageHandshakeResponse());
  },

  getPluginInfo: (_, reply) => reply(null, new plugin.PluginInfo().setVersion("0.0.0-test")),

  /** Empty: the engine would want to install what is named here, and tests attach their providers. */
  getRequiredPackages: (_, reply) => reply(null, new language.GetRequiredPackagesResponse()),
  getRequiredPlugins: (_, reply) => reply(null, new language.GetRequiredPluginsResponse()),
  getProgramDependencies: (_, reply) => reply(null, new language.GetProgramDependenciesResponse()),
  installDependencies: (call) => call.end(),
  runtimeOptionsPrompts: (_, reply) => reply(null, new language.RuntimeOptionsResponse()),

  about: (_, reply) =>
    reply(null, new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version)),

  run({ request }, reply) {
    const info = request.getInfo();
    const folder = info.getProgramDirectory();
    let command;
    try {
      const options = optionsOf(info);
      command = {
        args: [...options.nodeargs, locate("@pulumi/pulumi/cmd/run", folder), ...programArguments(request)],
        env: { ...process.env, ...options.env, ...configOf(request) },
      };
    } catch (error) {
      return reply(null, new language.RunResponse().setError(error.message));
    }
    const child = start(command.args, { env: command.env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("close", (code, signal) => {
      const response = new language.RunResponse();
      if (code === ALREADY_EXPLAINED) response.setBail(true);
      else if (code !== 0) response.setError(`Program exited with non-zero exit code: ${code ?? signal}`);
      reply(null, response);
    });
  },

  /** Providers and policy packs that are Node programs; stdout carries the port that the engine connects to. */
  runPlugin(call) {
    const info = call.request.getInfo();
    const folder = info.getProgramDirectory();
    const isPack = call.request.getKind() === "analyzer";
    const runner = isPack ? "@pulumi/pulumi/cmd/run-policy-pack" : "@pulumi/pulumi/cmd/run-plugin";
    let child;
    try {
      const options = optionsOf(info);
      const own = call.request.getArgsList();
      const args = [locate(runner, folder), ...options.nodeargs, ...(isPack ? [...own, folder] : [folder, ...own])];
      const env = { ...Object.fromEntries(call.request.getEnvList().map(variable)), ...options.env };
      child = start(args, { cwd: isPack ? folder : call.request.getPwd(), env, stdio: ["ignore", "pipe", "pipe"] });
    } catch (error) {
      return call.destroy(Object.assign(error, { code: grpc.status.UNKNOWN }));
    }
    child.stdout.on("data", (data) => call.write(new language.RunPluginResponse().setStdout(data)));
    child.stderr.on("data", (data) => call.write(new language.RunPluginResponse().setStderr(data)));
    child.on("close", (code) => {
      call.write(new language.RunPluginResponse().setExitcode(code ?? 1));
      call.end();
    });
    call.on("cancelled", () => child.kill("SIGINT"));
  },

  cancel(_, reply) {
    for (const child of running) child.kill("SIGINT");
    reply(null, new Empty());
  },
};

function start(args, options) {
  const child = spawn(process.execPath, args, options);
  running.add(child);
  child.on("close", () => running.delete(child));
  return child;
}

function programArguments(request) {
  const info = request.getInfo();
  const flags = {
    monitor: request.getMonitorAddress(),
    engine: engineAddress,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info.getRootDirectory(),
    stack: request.getStack(),
    pwd: info.getProgramDirectory(),
    "dry-run": request.getDryrun() ? true : "",
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(flags).filter(([, value]) => value !== "");
  const words = given.flatMap(([name, value]) => (value === true ? [`--${name}`] : [`--${name}`, value]));
  return [...words, info.getEntryPoint(), ...request.getArgsList()];
}

/** The `runtime.options` of Pulumi.yaml that the official host knows and that say how a program is run. */
function optionsOf(info) {
  const { typescript = true, tsconfig, nodeargs = "" } = info.getOptions()?.toJavaScript() ?? {};
  if (typeof typescript !== "boolean") throw new Error("typescript option must be a boolean");
  if (tsconfig !== undefined && typeof tsconfig !== "string") throw new Error("tsconfig option must be a string");
  return {
    nodeargs: nodeargs.split(/\s+/).filter((word) => word !== ""),
    env: {
      ...(typescript ? { PULUMI_NODEJS_TYPESCRIPT: "true" } : {}),
      ...(tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig } : {}),
    },
  };
}

function configOf(request) {
  const entries = request.getConfigMap().toObject();
  const config = Object.fromEntries(entries.map(([key, value]) => [key.replace(":", ":config:"), value]));
  return {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
}

/** Resolved from the program's folder by a Node of its own, as its `node_modules` and not ours decide. */
function locate(name, folder) {
  const script = `console.log(require.resolve(${JSON.stringify(name)}))`;
  try {
    const options = { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync(process.execPath, ["-e", script], options).trim();
  } catch {
    throw new Error(`the Pulumi SDK is not installed in "${path.resolve(folder)}"; run npm install there`);
  }
}

function variable(assignment) {
  const at = assignment.indexOf("=");
  return [assignment.slice(0, at), assignment.slice(at + 1)];
}

const server = new grpc.Server();
server.addService(services.LanguageRuntimeService, host);
server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
process.on("SIGINT", () => process.exit(0));
