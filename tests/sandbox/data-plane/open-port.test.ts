/** A service that listens on every address of the machine is reached without Cloud Run's front end before it. */
import * as assert from "node:assert/strict";
import os from "node:os";
import { deploy, openMesh } from "./mesh";

const PUBLIC = { self: { invokerIamDisabled: true } };
const LISTEN = "require('node:http').createServer((_, answer) => answer.end()).listen(process.env.PORT, ADDRESS)";

describe("a service's port", () => {
  const { networkInterfaces } = os;
  // An address beside the one that the sandbox calls, as a machine on a network has.
  before(() => {
    const outside = { address: "127.0.0.2", family: "IPv4", internal: false } as os.NetworkInterfaceInfo;
    os.networkInterfaces = () => ({ eth0: [outside] });
  });
  after(() => {
    os.networkInterfaces = networkInterfaces;
  });

  it("is told where the machine's network reaches it, with what would keep it to the machine", async () => {
    const command = (address: string) => [process.execPath, "-e", LISTEN.replace("ADDRESS", address)];
    const { plane, logs } = await openMesh(
      (controlPlane) => {
        for (const name of ["open", "own"]) deploy(controlPlane, name, PUBLIC);
      },
      {
        workloads: [
          { service: "open", folder: __dirname, command: command("'0.0.0.0'") },
          { service: "own", folder: __dirname, command: command("process.env.BIND_ADDRESS") },
        ],
      },
    );
    try {
      await plane.ready();
      const port = plane.stats.services.find(({ service }) => service === "open")!.port!;
      const line = `open listens on 127.0.0.2:${port}, too: whoever reaches this machine reaches it without a token; let it listen on BIND_ADDRESS, where that is set`;
      assert.deepEqual(logs, [{ service: "open", stream: "sandbox", line }]);
    } finally {
      await plane.close();
    }
  });
});
