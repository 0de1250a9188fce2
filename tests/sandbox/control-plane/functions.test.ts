import * as assert from "node:assert/strict";
import type { ControlPlane, Properties } from "../../../sandbox/control-plane";
import { account, cloud, invoker, make, PROJECT, REGION, refusal, SERVICE, SERVICE_GRANT, SERVICES } from "./cloud";

const FUNCTION = "gcp:cloudfunctionsv2/function:Function";
const BUCKET = "gcp:storage/bucket:Bucket";
const OBJECT = "gcp:storage/bucketObject:BucketObject";
const FUNCTIONS = SERVICES.replace("services", "functions");

function inputsOf(controlPlane: ControlPlane, config: Properties = {}, more: Properties = {}): Properties {
  const [runtime, builder] = [account(controlPlane, "score-sa"), account(controlPlane, "score-build-sa")];
  return {
    name: "score",
    location: REGION,
    buildConfig: {
      runtime: "nodejs22",
      entryPoint: "score",
      serviceAccount: `projects/${PROJECT}/serviceAccounts/${builder}`,
      source: { storageSource: { bucket: "code", object: "score.zip" } },
    },
    serviceConfig: { serviceAccountEmail: runtime, ingressSettings: "ALLOW_INTERNAL_ONLY", ...config },
    ...more,
  };
}

describe("control plane: functions", () => {
  it("makes the Cloud Run service underneath, with the function's name, account, ingress and variables", () => {
    const controlPlane = cloud();
    const { state } = make(
      controlPlane,
      FUNCTION,
      "score",
      inputsOf(controlPlane, { environmentVariables: { A: "b" } }),
    );
    const config = state["serviceConfig"] as Properties;
    assert.equal(config["service"], `${SERVICES}/score`);
    assert.equal(config["uri"], "https://score-123456789012.europe-west9.run.app");
    assert.equal(state["url"], "https://europe-west9-acme-dev.cloudfunctions.net/score");
    const service = controlPlane.get(SERVICE, `${SERVICES}/score`)?.state ?? assert.fail("no service");
    assert.equal(service["ingress"], "INGRESS_TRAFFIC_INTERNAL_ONLY");
    const { serviceAccount, containers } = service["template"] as { serviceAccount: string; containers: Properties[] };
    assert.equal(serviceAccount, "score-sa@acme-dev.iam.gserviceaccount.com");
    assert.deepEqual(containers[0]?.["envs"], [{ name: "A", value: "b" }]);
  });

  it("opens to the internet where no ingress is set, as Google does", () => {
    const controlPlane = cloud();
    const { serviceConfig, ...inputs } = inputsOf(controlPlane);
    const { serviceAccountEmail } = serviceConfig as Properties;
    make(controlPlane, FUNCTION, "score", {
      ...inputs,
      serviceConfig: { serviceAccountEmail: serviceAccountEmail ?? "" },
    });
    assert.equal(controlPlane.get(SERVICE, `${SERVICES}/score`)?.state["ingress"], "INGRESS_TRAFFIC_ALL");
  });

  it("changes the service with the function, and keeps its grants", () => {
    const controlPlane = cloud();
    const inputs = inputsOf(controlPlane);
    const { id } = make(controlPlane, FUNCTION, "score", inputs);
    make(controlPlane, SERVICE_GRANT, "grant", invoker("user:a@b.example", { name: "score" }));
    const serviceConfig = { ...(inputs["serviceConfig"] as Properties), ingressSettings: "ALLOW_ALL" };
    controlPlane.update({ type: FUNCTION, id, inputs: { ...inputs, serviceConfig } });
    assert.equal(controlPlane.get(SERVICE, `${SERVICES}/score`)?.state["ingress"], "INGRESS_TRAFFIC_ALL");
    assert.equal(controlPlane.list({ type: SERVICE_GRANT }).length, 1);
  });

  it("takes the service and its grants away with the function", () => {
    const controlPlane = cloud();
    const { id } = make(controlPlane, FUNCTION, "score", inputsOf(controlPlane));
    assert.equal(id, `${FUNCTIONS}/score`);
    make(controlPlane, SERVICE_GRANT, "grant", invoker("user:a@b.example", { name: "score" }));
    controlPlane.delete({ type: FUNCTION, id });
    assert.deepEqual(controlPlane.list({ type: SERVICE }), []);
    assert.deepEqual(controlPlane.list({ type: SERVICE_GRANT }), []);
  });

  it("lets a protected function stay", () => {
    const controlPlane = cloud();
    const { id } = make(controlPlane, FUNCTION, "score", inputsOf(controlPlane, {}, { deletionPolicy: "PREVENT" }));
    assert.match(
      refusal(() => controlPlane.delete({ type: FUNCTION, id })),
      /cannot destroy function without setting/,
    );
    assert.ok(controlPlane.get(SERVICE, `${SERVICES}/score`));
  });

  it("refuses accounts that do not exist, a build without an entry point, and the name of a service", () => {
    const controlPlane = cloud();
    const inputs = inputsOf(controlPlane);
    const build = inputs["buildConfig"] as Properties;
    const { entryPoint: _, ...pointless } = build;
    const refused = (more: Properties) => refusal(() => make(controlPlane, FUNCTION, "score", { ...inputs, ...more }));
    const prefix = "Error creating function: googleapi: Error 400: ";
    assert.equal(refused({ buildConfig: pointless }), `${prefix}build_config.entryPoint is required., badRequest`);
    assert.equal(
      refused({
        buildConfig: {
          ...build,
          serviceAccount: `projects/${PROJECT}/serviceAccounts/no-one@${PROJECT}.iam.gserviceaccount.com`,
        },
      }),
      `${prefix}Service account no-one@acme-dev.iam.gserviceaccount.com does not exist., badRequest`,
    );
    make(controlPlane, SERVICE, "score", {
      name: "score",
      location: REGION,
      template: { containers: [{ image: "a" }], serviceAccount: account(controlPlane, "own-sa") },
    });
    assert.match(refused({}), /A Cloud Run service with this name already exists/);
  });

  it("keeps objects in buckets that exist, and buckets that are not empty", () => {
    const controlPlane = cloud();
    const object = { bucket: "code", name: "score.zip", content: "x" };
    assert.match(
      refusal(() => make(controlPlane, OBJECT, "score", object)),
      /The specified bucket does not exist/,
    );
    const { id } = make(controlPlane, BUCKET, "code", { name: "code", location: REGION });
    make(controlPlane, OBJECT, "score", object);
    assert.match(
      refusal(() => controlPlane.delete({ type: BUCKET, id })),
      /The bucket you tried to delete is not empty/,
    );
    controlPlane.update({ type: BUCKET, id, inputs: { name: "code", location: REGION, forceDestroy: true } });
    controlPlane.delete({ type: BUCKET, id });
    assert.deepEqual(controlPlane.list({ type: OBJECT }), []);
  });
});
