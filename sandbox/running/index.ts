/** A deployed stack that runs on this machine, for `npm start`, the probes and the commands that call it. */
export { announce, type Invitation } from "./announce";
export { type BrowserEntrance, openBrowserEntrance } from "./browser-entrance";
export { type DeclaredService, declaredServices, type StackOutputs, workloadsOf } from "./declared";
export { type Entry, findRunning, othersRunning, type RunningRemote } from "./find-running";
export { type Identity, memberIdentity } from "./identities";
export { type Laptop, openLaptops } from "./laptops";
export { type LoopbackEntrance, openLoopbackEntrance } from "./loopback/loopback-entrance";
export { type Minted, mintAs } from "./mint";
export { type From, type Invoker, RunningMesh, type RunningMeshOptions, type RunningService } from "./running-mesh";
