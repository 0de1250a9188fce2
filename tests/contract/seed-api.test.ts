/** The worked example's API whole, through the front end, with the services that ship. */
import { FAILING_ORDER, openSandboxMesh, type Running, stackConfigOf } from "./running";
import { holdsSeedApi, OURS, saysWhatFailed } from "./seed-api/answers";

describe("the worked example's API", () => {
  let running: Running;
  before(async () => {
    running = await openSandboxMesh(stackConfigOf("Pulumi.dev.yaml"));
  });
  after(() => running?.close());
  holdsSeedApi(() => running, OURS);
});

describe("the worked example's API, while the order service fails", () => {
  let running: Running;
  before(async () => {
    running = await openSandboxMesh(stackConfigOf("Pulumi.dev.yaml", { order: FAILING_ORDER }));
  });
  after(() => running?.close());
  saysWhatFailed(() => running, OURS);
});
