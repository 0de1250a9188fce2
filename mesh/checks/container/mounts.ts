import { SOCKET_VOLUME, SOCKETS } from "../../cloud-sql";
import { SYSTEM_FOLDERS } from "../../limits";
import { didYouMean, type Finding } from "../../problems";
import type { VolumeSpec } from "../../spec/container";
import type { ServiceSpec } from "../../spec/spec";

/** Volumes, and where each container sees them. */

type Mounting = Pick<ServiceSpec, "cloudSql" | "sidecars" | "volumes">;

interface Mount {
  /** Where it is declared, e.g. `volumes.cache.mountPath`. */
  readonly at: string;
  readonly volume: string;
  readonly path: string;
}

export function checkMounts({ volumes = {}, sidecars = {}, cloudSql }: Mounting): Finding[] {
  const inTheWay = cloudSql ? besideSocket(volumes) : [];
  const free = Object.entries(volumes).filter(([name]) => !inTheWay.some(({ path }) => path === `volumes.${name}`));
  const main = free.map(([volume, { mountPath }]) => ({ at: `volumes.${volume}.mountPath`, volume, path: mountPath }));
  const beside = Object.entries(sidecars).map(([name, { mounts = {} }]) =>
    Object.entries(mounts).map(([volume, path]) => ({ at: `sidecars.${name}.mounts.${volume}`, volume, path })),
  );
  return [
    ...inTheWay,
    ...Object.entries(volumes).flatMap(([name, volume]) => checkKind(name, volume)),
    ...free.flatMap(([name, volume]) => checkName(name, volume)),
    ...beside.flat().flatMap((mount) => unknownVolume(mount, Object.keys(volumes))),
    ...[main, ...beside].flatMap((mounts) => [...mounts.flatMap((one) => checkPath(one, volumes)), ...nested(mounts)]),
  ];
}

const KINDS = ["secret", "emptyDir", "gcs", "nfs", "cloudSql"] as const;

function checkKind(name: string, volume: VolumeSpec): Finding[] {
  const kinds = KINDS.filter((kind) => volume[kind] !== undefined);
  if (kinds.length === 1) return [];
  const got = kinds.join(" and ") || "no kind of volume";
  return [{ path: `volumes.${name}`, message: `got ${got}, expected exactly one of ${KINDS.join(", ")}` }];
}

/** Seen: Cloud Run answers "Cloud SQL volume must be named 'cloudsql'", of other volumes with that name too. */
function checkName(name: string, { cloudSql }: VolumeSpec): Finding[] {
  if ((cloudSql !== undefined) === (name === SOCKET_VOLUME)) return [];
  const message =
    cloudSql !== undefined
      ? `a Cloud SQL volume has to be called "${SOCKET_VOLUME}"; rename it`
      : `"${SOCKET_VOLUME}" is what a Cloud SQL volume is called; choose another name`;
  const path = `volumes.${name}`;
  return [{ path, message, restsOn: [path, "cloudSql"] }];
}

/** What is in the way of the socket that `cloudSql` of the service puts up. */
function besideSocket(volumes: Readonly<Record<string, VolumeSpec>>): Finding[] {
  return Object.entries(volumes)
    .filter(([name, { mountPath }]) => name === SOCKET_VOLUME || isWithin(resolved(mountPath), SOCKETS))
    .map(([name]) => ({
      path: `volumes.${name}`,
      message: 'stands where "cloudSql" puts the database\'s socket; remove one of the two',
      restsOn: [`volumes.${name}`, "cloudSql"],
    }));
}

function unknownVolume({ at, volume }: Mount, known: readonly string[]): Finding[] {
  if (known.includes(volume)) return [];
  const message = `unknown volume "${volume}"${didYouMean(volume, known)}`;
  return [{ path: at, message, restsOn: [`volumes.${volume}`] }];
}

function checkPath({ at, volume, path }: Mount, volumes: Readonly<Record<string, VolumeSpec>>): Finding[] {
  const place = resolved(path);
  const folder = SYSTEM_FOLDERS.find((one) => isWithin(place, one));
  if (place === "/") {
    return [{ path: at, message: `got "${path}", which would hide the image's own files; choose a folder below it` }];
  }
  if (folder !== undefined)
    return [{ path: at, message: `got "${path}"; ${folder} is the system's own; choose another path` }];
  if (volumes[volume]?.cloudSql === undefined || place === SOCKETS) return [];
  const message = `got "${path}", expected "${SOCKETS}", where Cloud Run puts the sockets of Cloud SQL`;
  return [{ path: at, message, restsOn: [at, "cloudSql"] }];
}

/** Mounts of one container of which one hides the other. */
function nested(mounts: readonly Mount[]): Finding[] {
  return mounts.flatMap((mount, i) => {
    const other = mounts.slice(0, i).find((one) => hides(one, mount) || hides(mount, one));
    if (other === undefined) return [];
    const where = `"${other.path}", where "${other.volume}" is mounted`;
    const how = resolved(mount.path) === resolved(other.path) ? "is" : hides(other, mount) ? "is inside" : "holds";
    const message = `"${mount.path}" ${how} ${where}; mount each at a path of its own`;
    return [{ path: mount.at, message, restsOn: [mount.at, other.at] }];
  });
}

/** The whole file system hides everything, which is told of it alone. */
function hides(outer: Mount, inner: Mount): boolean {
  return resolved(outer.path) !== "/" && isWithin(resolved(inner.path), resolved(outer.path));
}

function isWithin(inner: string, outer: string): boolean {
  return inner === outer || inner.startsWith(`${outer}/`);
}

/** An absolute path without `.`, `..`, doubled slashes and one at its end. */
function resolved(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
