/** A program of its own for tests: opens a mesh, tells its process, and then waits for its end. */
import { deploy, openMesh } from "../mesh";

async function main(end: string | undefined) {
  const mesh = await openMesh((controlPlane) => deploy(controlPlane, "order"));
  await mesh.plane.ready();
  console.log(mesh.plane.stats.services[0]?.pid);
  if (end === "exit") process.exit(3);
  if (end === "throw") throw new Error("nobody catches this");
}

void main(process.argv[2]);
