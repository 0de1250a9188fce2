/** The environment of a service's process: what the control plane holds, what Cloud Run sets, what the local world needs. */
import type { ControlPlane, StoredResource } from "../../control-plane";
import { SECRET } from "../../control-plane/handlers/secret";
import { SECRET_VERSION } from "../../control-plane/handlers/secret-version";
import { at, listAt, textAt } from "../../control-plane/properties";
import { childEnvironment } from "../../engine/cli/child-environment";
import type { RunService } from "../run-services";
import { toolEnvironment } from "./tools";

type Environment = Record<string, string>;

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

export interface LocalWorld {
  /** With the process's own credentials. */
  readonly proxyUrl: string;
  /** The private authority alone, for what adds it to others. */
  readonly authorityFile: string;
  /** All authorities to trust, for what reads one file only. */
  readonly bundleFile: string;
  /** Host and port. */
  readonly metadataHost?: string;
}

/** How a process finds the sandbox in the place of Google, whatever its language. */
export function localEnvironment({ proxyUrl, authorityFile, bundleFile, metadataHost }: LocalWorld): Environment {
  const direct = "localhost,127.0.0.1,::1";
  return {
    HTTPS_PROXY: proxyUrl,
    https_proxy: proxyUrl,
    // For code that names metadata.google.internal itself.
    HTTP_PROXY: proxyUrl,
    http_proxy: proxyUrl,
    NO_PROXY: direct,
    no_proxy: direct,
    // Node's own clients read the proxy variables when they are told to; before Node 22.21 this does nothing.
    NODE_USE_ENV_PROXY: "1",
    NODE_EXTRA_CA_CERTS: authorityFile,
    SSL_CERT_FILE: bundleFile,
    REQUESTS_CA_BUNDLE: bundleFile,
    CURL_CA_BUNDLE: bundleFile,
    // Cloud Run asks services to listen on all interfaces; those that can be told listen on this machine only.
    BIND_ADDRESS: "127.0.0.1",
    ...(metadataHost !== undefined && {
      GCE_METADATA_HOST: metadataHost,
      GCE_METADATA_IP: metadataHost,
      METADATA_SERVER_DETECTION: "assume-present",
    }),
  };
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
