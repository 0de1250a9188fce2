import * as assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type ControlPlane, ControlPlaneError } from "../../../sandbox/control-plane";
import { processId } from "../../../sandbox/files/process-id";
import { ACCOUNT, account, cloud, invoker, make, PROJECT, refusal, SERVICE, SERVICE_GRANT, service } from "./cloud";
import { piece, WORKFORCE } from "./workforce";

describe("control plane: the state file", () => {
  let folder: string;
  let stateFile: string;
  const open: ControlPlane[] = [];

  function reopened(): ControlPlane {
    while (open.length > 0) open.pop()?.close();
    const controlPlane = cloud({ stateFile });
    open.push(controlPlane);
    return controlPlane;
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "control-plane-"));
    stateFile = join(folder, "new", "state.jsonl");
  });

  afterEach(() => {
    while (open.length > 0) open.pop()?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("brings everything back, in a folder that it makes itself, readable by the owner only", () => {
    const controlPlane = reopened();
    make(controlPlane, SERVICE, "order", service("order"));
    make(controlPlane, SERVICE_GRANT, "g", invoker("user:dev@acme.com"));
    const before = controlPlane.list();
    assert.deepEqual(reopened().list(), before);
    assert.equal(statSync(stateFile).mode & 0o777, 0o600);
  });

  it("does not forget which ids were used before", () => {
    const first = make(reopened(), SERVICE, "order", service("order"));
    open[0]?.delete({ type: SERVICE, id: first.id });
    reopened();
    assert.notEqual(make(reopened(), SERVICE, "order", service("order")).state["uid"], first.state["uid"]);
  });

  it("does not forget when what IAM keeps the id of was deleted", () => {
    const { id } = piece(reopened(), "pool");
    open[0]?.delete({ type: WORKFORCE.pool, id });
    reopened();
    assert.equal(
      refusal(() => piece(reopened(), "pool")),
      "Error creating WorkforcePool: googleapi: Error 409: Requested entity already exists, alreadyExists",
    );
  });

  it("forgets the last operation when its line is torn, and goes on", () => {
    const controlPlane = reopened();
    make(controlPlane, SERVICE, "order", service("order"));
    controlPlane.close();
    const whole = statSync(stateFile).size;
    const next = reopened();
    account(next, "order-sa");
    next.close();
    const bytes = readFileSync(stateFile);
    for (let cut = whole + 1; cut < bytes.length - 1; cut += 11) {
      writeFileSync(stateFile, bytes);
      truncateSync(stateFile, cut);
      const recovered = reopened();
      assert.deepEqual(
        recovered.list().map(({ type }) => type),
        [SERVICE],
      );
      account(recovered, "order-sa");
      assert.equal(reopened().list().length, 2);
    }
  });

  it("keeps a last line that lacks only its line feed", () => {
    account(reopened(), "order-sa");
    truncateSync(stateFile, statSync(stateFile).size - 1);
    assert.equal(reopened().list().length, 1);
  });

  it("says which line is damaged when it is not the last one", () => {
    account(reopened(), "order-sa");
    open.pop()?.close();
    appendFileSync(stateFile, '{"torn\n[]\n');
    assert.equal(
      refusal(reopened),
      `"${stateFile}" is damaged at line 2; restore it, or delete it to start with nothing`,
    );
    appendFileSync(stateFile, "[]\n");
    assert.match(refusal(reopened), /is damaged at line 2/);
  });

  it("shrinks when it is opened", () => {
    const controlPlane = reopened();
    const { id } = make(controlPlane, SERVICE, "order", service("order"));
    for (let i = 0; i < 50; i++) controlPlane.update({ type: SERVICE, id, inputs: service("order") });
    const before = statSync(stateFile).size;
    reopened();
    assert.ok(statSync(stateFile).size < before / 40);
  });

  it("has one writer at a time", () => {
    reopened();
    const message = refusal(() => cloud({ stateFile }));
    assert.match(
      message,
      new RegExp(
        `^"${stateFile}" is in use by process ${process.pid}, since [-\\d]+ [:\\d]+ UTC; end it, or choose another state file$`,
      ),
    );
  });

  it("takes over the lock of a process that is gone, and not that of one that lives", async () => {
    reopened().close();
    const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    try {
      const holder = { ...processId(child.pid!), since: new Date().toISOString(), host: hostname() };
      writeFileSync(`${stateFile}.lock`, JSON.stringify(holder));
      assert.match(refusal(reopened), /is in use by process/);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    reopened();
  });

  it("survives a kill in the middle of its work with everything that was answered", async function () {
    this.timeout(20_000);
    const script = `
      require("./tools/typescript.cjs");
      const { openControlPlane } = require("./sandbox/control-plane");
      const c = openControlPlane({ stateFile: process.argv[1] });
      c.configure({ project: "${PROJECT}", region: "europe-west9" });
      for (let i = 0; ; i++) {
        c.create({ type: "${ACCOUNT}", inputs: { accountId: "account-" + i } });
        require("node:fs").writeSync(1, i + "\\n");
      }`;
    const child = spawn(process.execPath, ["-e", script, stateFile], { stdio: ["ignore", "pipe", "inherit"] });
    let answered = "";
    child.stdout.on("data", (data) => {
      answered += String(data);
      if (answered.length > 2000) child.kill("SIGKILL");
    });
    await once(child, "close");
    const last = Number(answered.split("\n").at(-2));
    const count = reopened().list({ type: ACCOUNT }).length;
    assert.ok(count === last + 1 || count === last + 2, `${count} stored, ${last + 1} answered`);
  });

  it("loses nothing and tears no line where its disk is full, and says so", async function () {
    this.timeout(20_000);
    if (process.platform === "win32") this.skip();
    const script = `
      require("./tools/typescript.cjs");
      const { openControlPlane } = require("./sandbox/control-plane");
      const c = openControlPlane({ stateFile: process.argv[1] });
      c.configure({ project: "${PROJECT}", region: "europe-west9" });
      const make = (i) => c.create({ type: "${ACCOUNT}", inputs: { accountId: "account-" + i } });
      let made = 0;
      const said = [];
      while (said.length < 2) try { make(made); made += 1; } catch (error) { said.push(error.message); }
      console.log(JSON.stringify({ made, said }));`;
    // A file of more than some thousand bytes finds no room.
    const limited = ["-c", 'ulimit -f 8; exec "$0" "$@"', process.execPath, "-e", script, stateFile];
    const child = spawn("/bin/sh", limited, { stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    child.stdout.on("data", (data) => {
      printed += String(data);
    });
    await once(child, "close");
    const { made, said } = JSON.parse(printed) as { made: number; said: string[] };
    assert.ok(made > 3);
    assert.deepEqual(
      said,
      Array(2).fill(
        `cannot write "${stateFile}": a file may not grow so large; raise that limit, or name another folder (EFBIG)`,
      ),
    );
    assert.ok(readFileSync(stateFile, "utf8").endsWith("\n"));
    assert.equal(reopened().list({ type: ACCOUNT }).length, made);
  });

  it("says in plain words that a folder cannot be written", () => {
    writeFileSync(join(folder, "file"), "");
    stateFile = join(folder, "file", "state.jsonl");
    assert.throws(reopened, (error) => {
      assert.ok(error instanceof ControlPlaneError);
      assert.match(
        error.message,
        /^cannot write ".*": a file stands where a folder is needed; name another folder \(E\w+\)$/,
      );
      return true;
    });
  });
});
