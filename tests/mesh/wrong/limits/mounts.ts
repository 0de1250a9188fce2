import { IMAGE as image } from "../../support";
import { type WrongConfig, wrongWebs } from "../wrong-config";

/** Volumes that Cloud Run does not mount, or that hide each other. */

const emptyDir = {};
const cloudSql = { instances: ["acme-dev:europe-west9:main"] };
const at = (mountPath: string) => ({ mountPath, emptyDir });

/** Two mounts of the main container, and the same two of a sidecar, which the first sees apart. */
function both(first: string, second: string, how: string): WrongConfig[] {
  const problem = `"${second}" ${how} "${first}", where "a" is mounted; mount each at a path of its own`;
  return wrongWebs([
    [{ volumes: { a: at(first), b: at(second) } }, `volumes.b.mountPath: ${problem}`],
    [
      { volumes: { a: at("/a"), b: at("/b") }, sidecars: { proxy: { image, mounts: { a: first, b: second } } } },
      `sidecars.proxy.mounts.b: ${problem}`,
    ],
  ]);
}

export const wrongMounts: readonly WrongConfig[] = [
  ...both("/data", "/data", "is"),
  ...both("/data", "/data/", "is"),
  ...both("/data", "/x/../data//", "is"),
  ...both("/data", "/data/cache", "is inside"),
  ...both("/data/cache", "/data", "holds"),
  ...wrongWebs([
    [
      { volumes: { a: at("/") } },
      'volumes.a.mountPath: got "/", which would hide the image\'s own files; choose a folder below it',
    ],
    [
      { volumes: { a: at("/a"), b: at("/b/..") } },
      'volumes.b.mountPath: got "/b/..", which would hide the image\'s own files; choose a folder below it',
    ],
    [{ volumes: { a: at("/dev") } }, 'volumes.a.mountPath: got "/dev"; /dev is the system\'s own; choose another path'],
    [
      { volumes: { a: at("/proc/self") } },
      'volumes.a.mountPath: got "/proc/self"; /proc is the system\'s own; choose another path',
    ],
    [
      { volumes: { a: at("/a") }, sidecars: { proxy: { image, mounts: { a: "/data/../sys" } } } },
      'sidecars.proxy.mounts.a: got "/data/../sys"; /sys is the system\'s own; choose another path',
    ],
    [{ volumes: { a: at("/a:b") } }, 'volumes.a.mountPath: got "/a:b", must start with "/", and hold no ":"'],
    [
      { volumes: { a: at("/a") }, sidecars: { proxy: { image, mounts: { a: "a" } } } },
      'sidecars.proxy.mounts.a: got "a", must start with "/", and hold no ":"',
    ],
    [
      { volumes: { sql: { mountPath: "/cloudsql", cloudSql } } },
      'volumes.sql: a Cloud SQL volume has to be called "cloudsql"; rename it',
    ],
    [
      { volumes: { cloudsql: { mountPath: "/cloudsql", cloudSql: { instances: ["main"] } } } },
      'volumes.cloudsql.cloudSql.instances[0]: got "main", must be a connection name, e.g. "acme-dev:europe-west9:main"',
    ],
    [
      { volumes: { cloudsql: at("/sockets") } },
      'volumes.cloudsql: "cloudsql" is what a Cloud SQL volume is called; choose another name',
    ],
    [
      { volumes: { cloudsql: { mountPath: "/sockets", cloudSql } } },
      'volumes.cloudsql.mountPath: got "/sockets", expected "/cloudsql", where Cloud Run puts the sockets of Cloud SQL',
    ],
    [
      { cloudSql: "acme-dev:europe-west9:main", volumes: { a: at("/x/../cloudsql/a") } },
      'volumes.a: stands where "cloudSql" puts the database\'s socket; remove one of the two',
    ],
    [
      { volumes: { a: { mountPath: "/a", emptyDir: { sizeLimit: "half" } } } },
      'volumes.a.emptyDir.sizeLimit: got "half", must be an amount with a unit, e.g. "512Mi"',
    ],
    [
      { sidecars: { a: { image, dependsOn: ["b"] }, b: { image, dependsOn: ["c"] }, c: { image, dependsOn: ["b"] } } },
      'sidecars.b.dependsOn: waits in a circle: "b", "c", "b"; remove one entry',
    ],
  ]),
];
