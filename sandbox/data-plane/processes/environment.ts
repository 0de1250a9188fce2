/** The environment of a service's process: what the control plane holds, what Cloud Run sets, what the local world needs. */
import * as path from "node:path";
import type { ControlPlane, StoredResource } from "../../control-plane";
import { SECRET } from "../../control-plane/handlers/secret";
import { SECRET_VERSION } from "../../control-plane/handlers/secret-version";
import { at, listAt, textAt } from "../../control-plane/properties";
import { childEnvironment } from "../../engine/cli/child-environment";
import type { RunService } from "../run-services";
import { toolEnvironment } from "./tools";

type Environment = Record<string, string>;

const ENV_PROXY = path.join(__dirname, "env-proxy.cjs");

/** What a process needs of the machine it runs on, and nothing of what its developer has set. */
const BASICS: readonly string[] = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR"],
  ...["TEMP", "TMP", "SystemRoot", "SYSTEMROOT", "ComSpec", "PATHEXT", "WINDIR"],
];

/** Variables of a container, secrets in plain text. */
export function containerEnvironment(service: RunService, controlPlane: ControlPlane): Environment {
  const containers = listAt(service.template, "containers");
  // Requests go to the container with a port; a single one needs none.
  // Source: https://cloud.google.com/run/docs/deploying#sidecars
  const container = containers.find((one) => at(one, "ports") !== undefined) ?? containers[0];
  const environment: Environment = {};
  for (const env of listAt(container, "envs")) {
    const name = textAt(env, "name");
    if (name === undefined) continue;
    const secret = textAt(env, "valueSource", "secretKeyRef", "secret");
    const version = textAt(env, "valueSource", "secretKeyRef", "version") ?? "latest";
    environment[name] =
      secret === undefined ? String(at(env, "value") ?? "") : secretValue(secret, version, service, controlPlane);
  }
  return environment;
}

/** Source: https://cloud.google.com/run/docs/container-contract#services-env-vars */
export function cloudRunEnvironment({ name, state }: RunService, port: number): Environment {
  return {
    PORT: String(port),
    K_SERVICE: name,
    K_REVISION: textAt(state, "latestReadyRevision") ?? textAt(state, "latestCreatedRevision") ?? name,
    K_CONFIGURATION: name,
  };
}

/** Files that say whom to trust, in the forms that languages read. */
export interface TrustFiles {
  /** The private authority alone, for what adds it to others. */
  readonly authorityFile: string;
  /** All authorities to trust, for what reads one file only. */
  readonly bundleFile: string;
  /** The same in PKCS #12, for Java. */
  readonly trustStoreFile: string;
  /** Folder with a file of settings for PHP. */
  readonly phpFolder: string;
}

export interface LocalWorld extends TrustFiles {
  /** Of the process's own proxy, on 127.0.0.1. */
  readonly proxyPort: number;
  /** Host and port. */
  readonly metadataHost?: string;
}

/** How a process finds the sandbox in the place of Google, whatever its language. */
export function localEnvironment({ proxyPort, metadataHost, ...trust }: LocalWorld): Environment {
  const direct = "localhost,127.0.0.1,::1";
  const proxyUrl = `http://127.0.0.1:${proxyPort}`;
  return {
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    // For code that names metadata.google.internal itself.
    HTTP_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    NO_PROXY: direct,
    no_proxy: direct,
    // Node's own clients read the proxy variables when they are told to, and before Node 22.21 by what is loaded first.
    NODE_USE_ENV_PROXY: "1",
    NODE_OPTIONS: `--require=${JSON.stringify(ENV_PROXY)}`,
    NODE_EXTRA_CA_CERTS: trust.authorityFile,
    SSL_CERT_FILE: trust.bundleFile,
    REQUESTS_CA_BUNDLE: trust.bundleFile,
    CURL_CA_BUNDLE: trust.bundleFile,
    JAVA_TOOL_OPTIONS: javaOptions(proxyPort, trust.trustStoreFile),
    // What comes before the colon is the folder that PHP was built with.
    PHP_INI_SCAN_DIR: `:${trust.phpFolder}`,
    // Cloud Run asks services to listen on all interfaces; those that can be told listen on this machine only.
    BIND_ADDRESS: "127.0.0.1",
    ...(metadataHost !== undefined && {
      GCE_METADATA_HOST: metadataHost,
      GCE_METADATA_IP: metadataHost,
      METADATA_SERVER_DETECTION: "assume-present",
    }),
  };
}

/** Java knows neither proxy variables nor PEM files, and passes by the proxy on this machine by itself. */
function javaOptions(proxyPort: number, trustStoreFile: string): string {
  const proxies = ["http", "https"].map(
    (scheme) => `-D${scheme}.proxyHost=127.0.0.1 -D${scheme}.proxyPort=${proxyPort}`,
  );
  return `${proxies.join(" ")} -Djavax.net.ssl.trustStoreType=PKCS12 "-Djavax.net.ssl.trustStore=${trustStoreFile}"`;
}

/** Variables that several may add to, with what stands between: the last that says the same thing counts. */
const ADDED_UP: Readonly<Record<string, string>> = { JAVA_TOOL_OPTIONS: " ", NODE_OPTIONS: " ", PHP_INI_SCAN_DIR: "" };

/** Several environments in one: a later one wins, except that options for a language's runtime are added up. */
export function joined(...environments: readonly Environment[]): Environment {
  const all = Object.assign({}, ...environments) as Environment;
  for (const [name, between] of Object.entries(ADDED_UP)) {
    const said = environments.flatMap((one) => one[name] || []);
    if (said.length > 0) all[name] = said.join(between);
  }
  return all;
}

/** The machine's basics and tools, with a home folder of the sandbox's own; throws where real credentials are in reach. */
export function machineEnvironment(env: NodeJS.ProcessEnv, home: string): Environment {
  const basics = Object.fromEntries(BASICS.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
  const safe = childEnvironment(basics, home);
  delete safe["NO_GCE_CHECK"];
  // Java takes the home folder from the list of users, whatever HOME says.
  return { ...safe, ...toolEnvironment(env), JAVA_TOOL_OPTIONS: `"-Duser.home=${home}"` } as Environment;
}

function secretValue(reference: string, version: string, service: RunService, controlPlane: ControlPlane): string {
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const home = /^projects\/([^/]+)\//.exec(reference)?.[1];
  const secret = controlPlane.list({ type: SECRET }).find(({ id, state }) => {
    return id === `projects/${home ?? service.project}/secrets/${name}` || state["name"] === reference;
  });
  if (!secret) throw new Error(`${service.name}: the secret "${reference}" is not in the control plane`);
  const found = versionOf(secret, version, controlPlane);
  // A secret that the stack only refers to has no value here; what stands in for it says so.
  if (!found && secret.external) return `sandbox-value-of-${name}`;
  if (!found) throw new Error(`${service.name}: the secret "${name}" has no version "${version}"`);
  const data = textAt(found.state, "secretData") ?? textAt(found.inputs, "secretDataWo") ?? "";
  return found.state["isSecretDataBase64"] === true ? Buffer.from(data, "base64").toString("utf8") : data;
}

function versionOf(secret: StoredResource, version: string, controlPlane: ControlPlane): StoredResource | undefined {
  const prefix = `${textAt(secret.state, "name")}/versions/`;
  const versions = controlPlane.list({ type: SECRET_VERSION }).filter(({ id }) => id.startsWith(prefix));
  const number = ({ id }: StoredResource) => Number(id.slice(prefix.length));
  if (version === "latest") return versions.sort((a, b) => number(b) - number(a))[0];
  return versions.find(({ id }) => id === `${prefix}${version}`);
}
