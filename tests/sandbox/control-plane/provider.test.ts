import * as assert from "node:assert/strict";
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type ControlPlane, PROVIDER_VERSION, type Properties, serveProvider } from "../../../sandbox/control-plane";
import { at } from "../../../sandbox/control-plane/properties";
import { ACCOUNT, cloud, PROJECT, REGION, SERVICE, SERVICES, service } from "./cloud";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unexpected = (): never => assert.fail("the call was answered");
const secret = (value: JavaScriptValue) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });
const output = (value?: JavaScriptValue) => ({
  [SIGNATURE]: "d0e6a833031e9bbcd3f4e8bde6ca49a4",
  ...(value !== undefined && { value }),
});
const struct = (value: object) => Struct.fromJavaScript(value as never);
const read = (value: Struct | undefined) => value?.toJavaScript() as unknown as Properties;
const urn = (type: string, name: string) => `urn:pulumi:dev::mesh::mesh:index:Service$${type}::${name}`;

describe("control plane: the provider over gRPC", () => {
  let client: ResourceProviderClient;
  let close: (() => Promise<void>) | undefined;

  async function serve(controlPlane: ControlPlane): Promise<void> {
    const served = await serveProvider(controlPlane);
    client = new ResourceProviderClient(`127.0.0.1:${served.port}`, credentials.createInsecure());
    close = async () => {
      client.close();
      await served.close();
    };
    const args = struct({ project: PROJECT, region: REGION });
    const configured = await call<proto.ConfigureResponse>("configure", new proto.ConfigureRequest().setArgs(args));
    assert.equal(configured.getSupportspreview(), true);
    assert.equal(configured.getAcceptsecrets(), true);
  }

  function call<A>(method: keyof ResourceProviderClient, request: object): Promise<A> {
    return new Promise((resolve, reject) => {
      const invoke = client[method] as (request: object, done: (error: ServiceError | null, answer: A) => void) => void;
      invoke.call(client, request, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
  }

  function create(inputs: object, preview = false): Promise<proto.CreateResponse> {
    const request = new proto.CreateRequest().setUrn(urn(SERVICE, "order")).setProperties(struct(inputs));
    return call("create", request.setPreview(preview));
  }

  afterEach(() => close?.());

  it("says its version and a schema with the required inputs of every type", async () => {
    await serve(cloud());
    const info = await call<{ getVersion(): string }>("getPluginInfo", new Empty());
    assert.equal(info.getVersion(), PROVIDER_VERSION);
    const answer = await call<proto.GetSchemaResponse>("getSchema", new proto.GetSchemaRequest());
    const schema = JSON.parse(answer.getSchema());
    assert.deepEqual(schema.resources[SERVICE].requiredInputs, ["location", "template"]);
    assert.deepEqual(schema.resources[SERVICE].inputProperties.ingress, { $ref: "pulumi.json#/Any" });
  });

  it("unwraps secrets and outputs, and gives them back as secrets in their places", async () => {
    const controlPlane = cloud();
    await serve(controlPlane);
    const envs = [
      { name: "PASSWORD", value: secret("hush") },
      { name: "PLAIN", value: output("open") },
    ];
    const answer = await create(service("order", { container: { envs: envs as never } }));
    const state = read(answer.getProperties());
    assert.deepEqual(at(state, "template", "containers", 0, "envs"), [
      { name: "PASSWORD", value: secret("hush") },
      { name: "PLAIN", value: "open" },
    ]);
    assert.deepEqual(state["effectiveLabels"], secret({}));
    const [stored] = controlPlane.list({ type: SERVICE });
    assert.match(JSON.stringify(stored?.inputs), /"value":"hush"/);
  });

  it("answers a preview with values that are not known", async () => {
    await serve(cloud());
    const inputs = { ...service("order"), description: output() };
    const state = read((await create(inputs, true)).getProperties());
    assert.equal(state["uri"], UNKNOWN);
    assert.equal(state["description"], UNKNOWN);
    assert.equal(state["launchStage"], "GA");
    assert.equal(state["ingress"], UNKNOWN, "Google says what is left out");
  });

  it("checks, differs, updates, reads and deletes", async () => {
    await serve(cloud());
    const made = await create(service("order"));
    assert.equal(made.getId(), `${SERVICES}/order`);
    const news = struct(service("order", { container: { image: secret("app:2") as never } }));
    const checkRequest = new proto.CheckRequest().setUrn(urn(SERVICE, "order")).setNews(news);
    const checked = await call<proto.CheckResponse>("check", checkRequest);
    assert.deepEqual(checked.getInputs()?.toJavaScript(), news.toJavaScript());
    const about = { id: made.getId(), urn: urn(SERVICE, "order") };
    const diffRequest = new proto.DiffRequest().setId(about.id).setUrn(about.urn).setOlds(made.getProperties());
    const diff = await call<proto.DiffResponse>(
      "diff",
      diffRequest.setOldInputs(struct(service("order"))).setNews(news),
    );
    assert.equal(diff.getChanges(), proto.DiffResponse.DiffChanges.DIFF_SOME);
    assert.deepEqual([...diff.getDetaileddiffMap().keys()], ["template.containers[0].image"]);
    const updateRequest = new proto.UpdateRequest().setId(about.id).setUrn(about.urn).setOlds(made.getProperties());
    await call("update", updateRequest.setNews(news));
    const readRequest = new proto.ReadRequest().setId("order").setUrn(about.urn);
    const found = await call<proto.ReadResponse>("read", readRequest);
    assert.equal(found.getId(), about.id);
    assert.equal(read(found.getProperties())["generation"], "2");
    await call("delete", new proto.DeleteRequest().setId(about.id).setUrn(about.urn));
    assert.equal((await call<proto.ReadResponse>("read", readRequest)).getId(), "");
  });

  it("reports what an input lacks as a failure of the check", async () => {
    await serve(cloud());
    const request = new proto.CheckRequest().setUrn(urn(ACCOUNT, "x")).setNews(struct({ accountId: "x" }));
    const [failure] = (await call<proto.CheckResponse>("check", request)).getFailuresList();
    assert.equal(failure?.getProperty(), "accountId");
  });

  it("carries the state in the error when an operation took effect in part", async () => {
    await serve(cloud({ faults: [{ operation: "create", kind: "partial" }] }));
    const inputs = service("order", { self: { description: secret("hush") as never } });
    const error = await create(inputs).then(unexpected, (reason: ServiceError) => reason);
    assert.equal(error.code, status.UNKNOWN);
    const bytes = error.metadata.get("grpc-status-details-bin")[0] as Buffer;
    const detail = Status.deserializeBinary(new Uint8Array(bytes)).getDetailsList()[0];
    const failed = detail?.unpack(proto.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
    assert.equal(failed?.getId(), `${SERVICES}/order`);
    assert.deepEqual(failed?.getInputs()?.toJavaScript(), inputs);
    assert.equal(failed?.getReasonsList().length, 1);
  });

  it("answers a refusal with its message alone, and a lost answer like a broken connection", async () => {
    const faults = [
      { operation: "create", nth: 1, kind: "refused" },
      { operation: "create", nth: 2, kind: "lost" },
    ] as const;
    const controlPlane = cloud({ faults: [...faults] });
    await serve(controlPlane);
    const codes: number[] = [];
    for (const _ of faults) await create(service("order")).catch((error: ServiceError) => codes.push(error.code));
    assert.deepEqual(codes, [status.UNKNOWN, status.UNAVAILABLE]);
    assert.equal(controlPlane.list({ type: SERVICE }).length, 1);
  });

  it("gives each provider of a program its own project", async () => {
    const controlPlane = cloud();
    await serve(controlPlane);
    const first = { client, close };
    const served = await serveProvider(controlPlane);
    client = new ResourceProviderClient(`127.0.0.1:${served.port}`, credentials.createInsecure());
    await call("configure", new proto.ConfigureRequest().setArgs(struct({ project: "other", region: REGION })));
    assert.match((await create(service("order"))).getId(), /^projects\/other\//);
    client.close();
    await served.close();
    client = first.client;
    assert.match((await create(service("order"))).getId(), /^projects\/acme-dev\//);
  });

  it("leaves what it does not play unimplemented", async () => {
    await serve(cloud());
    const error = await call("construct", new proto.ConstructRequest()).then(unexpected, (reason) => reason);
    assert.equal((error as ServiceError).code, status.UNIMPLEMENTED);
  });
});
