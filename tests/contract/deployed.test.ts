/**
 * The contract of the stack that MESH_STACK names, on Google Cloud. Without it nothing is registered here: a test that
 * did nothing would count. MESH_PROBE_JOBS=1 lets it make temporary Cloud Run jobs, to send probes as the services.
 */
import { openDeployed } from "../../verify/deployed/open";
import { holdsDeployed } from "./deployed";
import { ROOT } from "./running";

const stack = process.env["MESH_STACK"];

if (stack) {
  describe(`the stack "${stack}" on Google Cloud`, function () {
    const jobs = /^(1|true)$/.test(process.env["MESH_PROBE_JOBS"] ?? "");
    const onProgress = (line: string) => console.log(`    ${line}`);
    holdsDeployed(this, () => openDeployed({ stack, projectFolder: ROOT, jobs, onProgress }));
  });
}
