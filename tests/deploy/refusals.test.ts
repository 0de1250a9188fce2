import * as assert from "node:assert/strict";
import { usesPulumi } from "../support/pulumi-cli";
import { type Form, forms, programWith } from "./forbidden-forms";
import { IMAGE, mesh, openStack, type Stack, succeeded } from "./support";

const settings = mesh();
const nameOf = (urn = "") => urn.slice(urn.lastIndexOf("::") + 2);

describe("the policy pack on the real engine", function () {
  this.timeout(180_000);
  const cli = usesPulumi();
  let stack: Stack;
  beforeEach(async () => {
    stack = await openStack(cli());
    const { controlPlane } = stack;
    const place = { name: "existing", project: "acme-dev", location: "europe-west9" };
    const containers = [{ image: "i" }];
    controlPlane.seed("gcp:serviceaccount/account:Account", { accountId: "existing", project: "acme-dev" });
    controlPlane.seed("gcp:cloudrunv2/service:Service", { ...place, template: { containers } });
    controlPlane.seed("gcp:cloudrunv2/job:Job", { ...place, template: { template: { containers } } });
    controlPlane.seed("gcp:cloudrunv2/workerPool:WorkerPool", { ...place, template: { containers } });
  });
  afterEach(() => stack.close());

  const named = (chosen: readonly Form[]) => chosen.map((form, i) => ({ ...form, name: `form-${i}` }));
  const created = (name: string) =>
    stack.controlPlane.log().filter((entry) => entry.operation === "create" && entry.name === name);

  it("stops a preview at each forbidden form, by the rule that forbids it", async () => {
    const all = named(forms);
    const result = await stack.run("preview", settings, { policy: true, program: programWith(all, false) });
    assert.equal(result.ok, false);
    const found = result.findings
      .filter(({ level }) => level === "mandatory")
      .map(({ urn, policy, pack }) => `${nameOf(urn)} ${policy} ${pack}`);
    assert.deepEqual(found.sort(), all.map(({ name, rule }) => `${name} ${rule} cloud-run-mesh`).sort());
  });

  it("lets each compliant twin through, and was there to judge it", async () => {
    const twins = named(forms).map(({ name, type, twin }) => ({ name, type, inputs: twin }));
    for (const hidden of [false, true]) {
      const result = succeeded(
        await stack.run("preview", settings, { policy: true, program: programWith(twins, hidden) }),
      );
      const line = result.findings
        .filter(({ policy }) => policy === "preview-blind-spots")
        .map(({ level, pack }) => `${level} ${pack}`);
      assert.deepEqual(line, hidden ? ["advisory cloud-run-mesh"] : []);
      assert.equal(result.findings.length, line.length);
    }
    const [bad] = named(forms);
    const seen = await stack.run("preview", settings, {
      policy: true,
      program: programWith([...twins, { ...bad!, name: "bad" }], false),
    });
    assert.deepEqual(
      seen.findings.map(({ urn }) => nameOf(urn)),
      ["bad"],
    );
  });

  it("says once what a preview cannot see", async () => {
    const hidden = named(forms.filter(({ hideable }) => hideable !== false));
    const preview = succeeded(
      await stack.run("preview", settings, { policy: true, program: programWith(hidden, true) }),
    );
    assert.deepEqual(
      preview.findings.map(({ policy, level }) => `${level} ${policy}`),
      ["advisory preview-blind-spots"],
    );
    assert.match(
      preview.findings[0]!.message,
      new RegExp(`^this preview could not judge \\d+ values on ${hidden.length} resources`),
    );
  });

  for (const form of forms.filter(({ hideable }) => hideable !== false)) {
    it(`refuses at the update, before Google is asked: ${form.fact}`, async () => {
      const program = programWith(named([form]), true);
      const result = await stack.run("up", settings, { policy: true, program });
      assert.equal(result.ok, false);
      assert.deepEqual(
        result.findings
          .filter(({ level }) => level === "mandatory")
          .map(({ urn, policy }) => `${nameOf(urn)} ${policy}`),
        [`form-0 ${form.rule}`],
      );
      assert.deepEqual(created("form-0"), []);
      assert.equal(created("source").length, 1, "the update was under way");
    });
  }

  it("finds nothing in the mesh that the components make", async () => {
    const open = mesh({
      web: {
        image: IMAGE,
        calls: ["api"],
        ingress: { all: "partners call it directly" },
        access: [{ member: "group:partners@acme.com" }],
      },
    });
    assert.deepEqual(succeeded(await stack.run("preview", open, { policy: true })).findings, []);
    assert.deepEqual(succeeded(await stack.run("up", open, { policy: true })).findings, []);
  });
});
