import * as assert from "node:assert/strict";
import { type Fault, LostAnswerError, PartialStateError } from "../../../sandbox/control-plane";
import { ACCOUNT, account, cloud, make, refusal, SERVICE, service } from "./cloud";

const UNAVAILABLE = "googleapi: Error 503: The service is currently unavailable., backendError";

describe("control plane: faults", () => {
  it("refuses without any effect", () => {
    const controlPlane = cloud({ faults: [{ operation: "create", type: SERVICE, kind: "refused" }] });
    account(controlPlane, "order-sa");
    assert.equal(
      refusal(() => make(controlPlane, SERVICE, "order", service("order"))),
      UNAVAILABLE,
    );
    assert.equal(controlPlane.list({ type: SERVICE }).length, 0);
    assert.equal(controlPlane.log().at(-1)?.outcome, "refused");
  });

  it("takes effect and reports the state with the error", () => {
    const controlPlane = cloud({ faults: [{ operation: "create", kind: "partial" }] });
    assert.throws(
      () => make(controlPlane, SERVICE, "order", service("order")),
      (error) => {
        assert.ok(error instanceof PartialStateError);
        assert.equal(
          error.message,
          "Error waiting to create Service: googleapi: Error 500: Internal error encountered., backendError",
        );
        assert.deepEqual(error.state, controlPlane.get(SERVICE, error.id)?.state);
        assert.deepEqual(error.inputs, controlPlane.get(SERVICE, error.id)?.inputs);
        return true;
      },
    );
  });

  it("takes effect and loses the answer, so that the next attempt meets a 409", () => {
    const controlPlane = cloud({ faults: [{ operation: "create", nth: 1, kind: "lost" }] });
    assert.throws(() => make(controlPlane, SERVICE, "order", service("order")), LostAnswerError);
    assert.match(
      refusal(() => make(controlPlane, SERVICE, "order", service("order"))),
      /Error 409: Resource 'order' already exists/,
    );
  });

  it("strikes the n-th operation that matches and no other", () => {
    const controlPlane = cloud({ faults: [{ operation: "create", type: ACCOUNT, nth: 2, kind: "refused" }] });
    account(controlPlane, "first-sa");
    assert.equal(
      refusal(() => account(controlPlane, "second-sa")),
      UNAVAILABLE,
    );
    account(controlPlane, "third-sa");
  });

  it("finds a resource by Google's name, by its id and by its name in the program", () => {
    for (const name of ["order-sa", "orders-account"]) {
      const controlPlane = cloud({ faults: [{ operation: "create", name, kind: "refused" }] });
      assert.throws(() => make(controlPlane, ACCOUNT, "orders-account", { accountId: "order-sa" }));
      account(controlPlane, "other-sa");
    }
    const id = "projects/acme-dev/serviceAccounts/order-sa@acme-dev.iam.gserviceaccount.com";
    const controlPlane = cloud({ faults: [{ operation: "delete", name: id, kind: "refused" }] });
    account(controlPlane, "order-sa");
    assert.throws(() => controlPlane.delete({ type: ACCOUNT, id }));
  });

  it("counts no operation of a preview", () => {
    const controlPlane = cloud({ faults: [{ operation: "create", nth: 1, kind: "refused" }] });
    controlPlane.create({ type: ACCOUNT, inputs: { accountId: "order-sa" }, preview: true });
    assert.equal(
      refusal(() => account(controlPlane, "order-sa")),
      UNAVAILABLE,
    );
  });

  it("can fail every operation of a run in turn, as its log says which there are", () => {
    const run = (faults: Fault[]) => {
      const controlPlane = cloud({ faults });
      try {
        account(controlPlane, "order-sa");
        const { id } = make(controlPlane, SERVICE, "order", service("order"));
        controlPlane.read({ type: SERVICE, id });
        controlPlane.update({ type: SERVICE, id, inputs: service("order") });
        controlPlane.delete({ type: SERVICE, id });
      } catch {
        // The log says what happened.
      }
      return controlPlane.log();
    };
    const whole = run([]);
    assert.deepEqual(
      whole.map(({ operation, outcome }) => `${operation} ${outcome}`),
      ["check done", "create done", "check done", "create done", "read done", "update done", "delete done"],
    );
    whole.forEach(({ operation, sequence }) => {
      const nth = whole.filter((one) => one.operation === operation && one.sequence <= sequence).length;
      const log = run([{ operation, nth, kind: "refused" }]);
      assert.equal(log.length, sequence);
      assert.equal(log.at(-1)?.outcome, "refused");
    });
  });
});
