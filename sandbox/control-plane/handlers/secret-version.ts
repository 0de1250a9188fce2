import { GoogleError } from "../errors";
import type { Handler, World } from "../handler";
import type { StoredResource } from "../state/store";
import { SECRET, secretId } from "./secret";

export const SECRET_VERSION = "gcp:secretmanager/secretVersion:SecretVersion";

/** A version of a secret. Numbers are not used again: a new one comes after all that there have ever been. */
export const secretVersion: Handler = {
  kind: "SecretVersion",
  defaults: () => ({ enabled: true, isSecretDataBase64: false }),

  identify(inputs, world) {
    const id = secretId(inputs["secret"], world.scope.project, world);
    return versionId(id, String(countVersions(id, world) + 1), world);
  },

  admit({ inputs }, world) {
    const id = secretId(inputs["secret"], world.scope.project, world);
    const [, project = "", , name = ""] = id.split("/");
    world.need(SECRET, { project, secretId: name }, () => {
      return new GoogleError(404, `Secret [projects/${world.projects.number(project)}/secrets/${name}] not found.`);
    });
    if (inputs["secretData"] === undefined && inputs["secretDataWo"] === undefined) {
      throw new GoogleError(400, "The secret payload must not be empty.");
    }
  },

  compute({ id, previous }, world) {
    return {
      name: id,
      version: id.slice(id.lastIndexOf("/") + 1),
      createTime: previous?.state["createTime"] ?? world.now().toISOString(),
      destroyTime: "",
    };
  },
};

/** The versions of a secret that still exist, oldest first. */
export function* versionsOf(secret: string, world: World): Iterable<StoredResource> {
  const count = countVersions(secret, world);
  for (let number = 1; number <= count; number++) {
    const version = world.find(SECRET_VERSION, versionId(secret, String(number), world));
    if (version) yield version;
  }
}

/** The version that a container gets: a number, or the newest for `latest`. Disabled ones cannot be read. */
export function readableVersion(secret: string, version: string, world: World): StoredResource | undefined {
  const all = [...versionsOf(secret, world)];
  const found = version === "latest" ? all.at(-1) : all.find((one) => one.state["version"] === version);
  return found?.state["enabled"] === false ? undefined : found;
}

function countVersions(secret: string, world: World): number {
  let number = 0;
  for (;;) {
    const id = versionId(secret, String(number + 1), world);
    if (!world.find(SECRET_VERSION, id) && world.incarnation(SECRET_VERSION, id) === 1) return number;
    number += 1;
  }
}

function versionId(secret: string, version: string, world: World): string {
  const [, project = "", , name = ""] = secret.split("/");
  return `projects/${world.projects.number(project)}/secrets/${name}/versions/${version}`;
}
