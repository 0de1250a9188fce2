import * as assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { createIdentity, type Identity } from "../../services/runtime/index";
import { type Fake, HeldClock, metadataFake, until } from "./support";

const TRACE = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: false };
const BY_ID = TRACE.traceId;

describe("the project that a service's log names in its traces", () => {
  let metadata: Fake;
  let identity: Identity | undefined;
  let lines: Record<string, unknown>[];

  beforeEach(async () => {
    metadata = await metadataFake();
    lines = [];
  });
  afterEach(async () => {
    await identity?.close();
    await metadata.stop();
  });

  function of(told: { projectId?: string; metadataHost?: string }, clock?: HeldClock): Identity {
    const options = { projectId: undefined, metadataHost: undefined, impersonate: undefined, ...told };
    const world = { line: (line: string) => lines.push(JSON.parse(line)), ...(clock && { clock }) };
    identity = createIdentity({ ...options, logSeverity: "DEBUG" }, world);
    return identity;
  }

  const traced = (log: Identity["log"]) => {
    log.within(TRACE).write("INFO", "a request");
    return lines.at(-1)!["logging.googleapis.com/trace"];
  };

  it("is the metadata server's answer, once it is there", async () => {
    const { log, learnProject } = of({ metadataHost: metadata.host });
    assert.equal(traced(log), BY_ID);
    learnProject();
    await until(() => traced(log) !== BY_ID);
    assert.equal(traced(log), `projects/acme-dev/traces/${BY_ID}`);
  });

  it("is the one that the service is told, and nobody is asked", async () => {
    const { log, learnProject, tokens } = of({ projectId: "acme-prod", metadataHost: metadata.host });
    assert.equal(traced(log), `projects/acme-prod/traces/${BY_ID}`);
    learnProject();
    await tokens.get("https://order.run.app");
    assert.deepEqual(
      metadata.seen.map(({ url }) => url.split("?")[0]),
      ["/computeMetadata/v1/instance/service-accounts/default/identity"],
    );
  });

  it("is left out where there is no metadata server", () => {
    const { log, learnProject } = of({});
    learnProject();
    assert.equal(traced(log), BY_ID);
  });

  it("is left out where the metadata server says nothing within five seconds, which the log says for who looks", async () => {
    metadata.answer(() => {});
    const clock = new HeldClock();
    const { log, learnProject } = of({ metadataHost: metadata.host }, clock);
    learnProject();
    await until(() => metadata.seen.length === 1);
    await clock.pass(5_000);
    await until(() => lines.length > 0);
    const [{ severity, message, code }] = lines as [Record<string, unknown>];
    assert.deepEqual(
      { severity, message, code },
      { severity: "DEBUG", message: "the log's traces go without a project", code: "token-unavailable" },
    );
    assert.equal(traced(log), BY_ID);
  });

  it("stays where a service's tokens fail, which the log says with the audience", async () => {
    metadata.answer((_, response) => response.writeHead(404).end());
    const { tokens } = of({ projectId: "acme-prod", metadataHost: metadata.host });
    await assert.rejects(tokens.get("https://order.run.app"), { code: "token-unavailable" });
    const [{ severity, message, audience }] = lines as [Record<string, unknown>];
    assert.deepEqual(
      { severity, message, audience },
      {
        severity: "WARNING",
        message: `the metadata server at ${metadata.host} answered 404`,
        audience: "https://order.run.app",
      },
    );
  });
});
