/** A small stack with a load balancer, for tests of what stands around it. */
import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { type ProjectConfig, readStackConfigFile } from "../../sandbox/engine";
import { WORKLOAD } from "../sandbox/data-plane/mesh";
import { ROOT } from "./running";

const program = {
  image: "us-docker.pkg.dev/cloudrun/container/hello@sha256:0",
  source: path.dirname(WORKLOAD),
  sandbox: { command: [process.execPath, WORKLOAD] },
};
/** The portal is everybody's of the staff; to the desk, Ada comes as well. */
const STACK = {
  config: {
    "gcp:project": "acme-dev",
    "gcp:region": "europe-west9",
    "cloud-run-mesh:projectNumber": "123456789012",
    "cloud-run-mesh:services": { portal: program, desk: program },
    "cloud-run-mesh:loadBalancer": {
      domains: ["ailab.example"],
      routes: { "/": "portal", "/desk": "desk" },
      iap: {
        access: [{ member: "group:staff@acme.example" }],
        routes: { "/desk": [{ member: "user:ada@acme.example", until: "2099-12-31" }] },
      },
    },
  },
};

/** @param folder in which its file is written */
export function balancedStack(folder: string): ProjectConfig & ReturnType<typeof readStackConfigFile> {
  const file = path.join(folder, "Pulumi.balanced.yaml");
  writeFileSync(file, JSON.stringify(STACK));
  return readStackConfigFile(ROOT, file);
}
