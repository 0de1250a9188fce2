/**
 * A provider of a few dozen lines for the engine's own tests: it stores whatever it is given. What Google refuses and
 * computes is the control plane's business and tested there; the engines must work with any provider.
 */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

const proto = require("@pulumi/pulumi/proto/provider_pb");
const plugin = require("@pulumi/pulumi/proto/plugin_pb");
const services = require("@pulumi/pulumi/proto/provider_grpc_pb");

type Properties = Record<string, unknown>;
// biome-ignore lint/suspicious/noExplicitAny: protobuf messages are loaded without their types
type Message = any;
type Call = { request: Message };
type Reply = (error: Partial<grpc.ServiceError> | null, response?: unknown) => void;

export interface StubProvider {
  readonly port: number;
  /** Everything that exists, by id. */
  readonly resources: Map<string, { type: string; properties: Properties }>;
  /** How long a create takes. */
  createDelayMs: number;
  /** Ids whose next create takes effect while its answer is lost. */
  readonly losesAnswer: Set<string>;
  /** Ids whose create has been asked for. */
  readonly asked: Set<string>;
  close(): Promise<void>;
}

export async function serveStubProvider(): Promise<StubProvider> {
  const server = new grpc.Server();
  const stub = {
    resources: new Map<string, { type: string; properties: Properties }>(),
    createDelayMs: 0,
    losesAnswer: new Set<string>(),
    asked: new Set<string>(),
  };
  server.addService(services.ResourceProviderService, implementation(stub) as never);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const close = async () => server.forceShutdown();
  return Object.assign(stub, { port, close });
}

type State = Omit<StubProvider, "port" | "close">;

function implementation(state: State) {
  return {
    getPluginInfo: (_: Call, reply: Reply) => reply(null, new plugin.PluginInfo().setVersion("99.0.0")),
    attach: (_: Call, reply: Reply) => reply(null, new Empty()),
    checkConfig: ({ request }: Call, reply: Reply) => reply(null, checked(request)),
    diffConfig: (_: Call, reply: Reply) => reply(null, new proto.DiffResponse().setChanges(1)),
    configure: (_: Call, reply: Reply) => reply(null, new proto.ConfigureResponse().setSupportspreview(true)),
    check: ({ request }: Call, reply: Reply) => reply(null, checked(request)),
    diff: ({ request }: Call, reply: Reply) => {
      const [olds, news] = [request.getOldInputs().toJavaScript(), request.getNews().toJavaScript()];
      const changed = Object.keys({ ...olds, ...news }).filter((key) => !same(olds[key], news[key]));
      const response = new proto.DiffResponse().setChanges(changed.length > 0 ? 2 : 1).setDiffsList(changed);
      if (changed.includes("name")) response.setReplacesList(["name"]).setDeletebeforereplace(true);
      reply(null, response);
    },
    create: async ({ request }: Call, reply: Reply) => {
      const properties = request.getProperties().toJavaScript();
      const id = `stub/${properties.name ?? properties.accountId}`;
      const response = new proto.CreateResponse().setProperties(Struct.fromJavaScript(properties));
      if (request.getPreview()) return reply(null, response);
      state.asked.add(id);
      if (state.resources.has(id)) {
        return reply({ code: grpc.status.ALREADY_EXISTS, details: `googleapi: Error 409: ${id} already exists` });
      }
      await new Promise((resolve) => setTimeout(resolve, state.createDelayMs));
      state.resources.set(id, { type: request.getUrn().split("::")[2].split("$").at(-1), properties });
      if (state.losesAnswer.delete(id))
        return reply({ code: grpc.status.INTERNAL, details: "connection reset by peer" });
      reply(null, response.setId(id));
    },
    read: ({ request }: Call, reply: Reply) => {
      const found = state.resources.get(request.getId());
      if (!found) return reply(null, new proto.ReadResponse());
      const properties = Struct.fromJavaScript(found.properties as never);
      reply(null, new proto.ReadResponse().setId(request.getId()).setProperties(properties).setInputs(properties));
    },
    update: ({ request }: Call, reply: Reply) => {
      const properties = request.getNews().toJavaScript();
      const type = request.getUrn().split("::")[2].split("$").at(-1);
      if (!request.getPreview()) state.resources.set(request.getId(), { type, properties });
      reply(null, new proto.UpdateResponse().setProperties(Struct.fromJavaScript(properties)));
    },
    delete: ({ request }: Call, reply: Reply) => {
      state.resources.delete(request.getId());
      reply(null, new Empty());
    },
    cancel: (_: Call, reply: Reply) => reply(null, new Empty()),
  };
}

function checked(request: Message) {
  return new proto.CheckResponse().setInputs(request.getNews());
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
