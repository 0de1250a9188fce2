import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { ControlPlane } from "../control-plane";
import type { Scope } from "../handler";
import { equal, textAt } from "../properties";
import type { Autonaming } from "../rules/check";
import type { ChangeKind } from "../rules/diff";
import { PROVIDER_VERSION, RESOURCE_TYPES } from "../type-table";
import { grpcError } from "./errors";
import { marshal, type Secrets, unmarshal } from "./marshal";
import { packageSchema } from "./schema";

const { DiffChanges } = proto.DiffResponse;
const { Kind } = proto.PropertyDiff;
const KINDS: Readonly<Record<ChangeKind, number>> = {
  add: Kind.ADD,
  "add-replace": Kind.ADD_REPLACE,
  delete: Kind.DELETE,
  "delete-replace": Kind.DELETE_REPLACE,
  update: Kind.UPDATE,
  "update-replace": Kind.UPDATE_REPLACE,
};
const MODES: readonly Autonaming["mode"][] = ["propose", "enforce", "disable"];

/** The secrets of a request, so that an error's state is marked like an answer's. */
interface Marks {
  secrets?: ReadonlyMap<string, Secrets>;
  type?: string;
}

/** Every call of `pulumirpc.ResourceProvider` that the engine makes; the rest is answered as unimplemented. */
export function providerService(controlPlane: ControlPlane): UntypedServiceImplementation {
  /** Each provider resource of a program has a connection of its own, by which its configuration is found again. */
  const scopes = new Map<string, Scope>();

  function unary<Q, A>(answer: (request: Q, scope: Scope | undefined, marks: Marks, peer: string) => A) {
    return (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>) => {
      const marks: Marks = {};
      const peer = call.getPeer();
      try {
        callback(null, answer(call.request, scopes.get(peer), marks, peer));
      } catch (error) {
        callback(grpcError(error, marks.secrets, alwaysSecret(marks.type)));
      }
    };
  }

  return {
    handshake: unary((_request: proto.ProviderHandshakeRequest) => {
      const answer = new proto.ProviderHandshakeResponse();
      answer.setAcceptSecrets(true);
      answer.setSupportsAutonamingConfiguration(true);
      return answer;
    }),
    getPluginInfo: unary(() => new PluginInfo().setVersion(PROVIDER_VERSION)),
    attach: unary(() => new Empty()),
    cancel: unary(() => new Empty()),
    getSchema: unary(() => new proto.GetSchemaResponse().setSchema(packageSchema())),
    getMapping: unary(() => new proto.GetMappingResponse()),
    getMappings: unary(() => new proto.GetMappingsResponse()),

    checkConfig: unary((request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews())),
    diffConfig: unary((request: proto.DiffRequest) => {
      const olds = unmarshal(request.getOldInputs() ?? request.getOlds()).properties;
      const news = unmarshal(request.getNews()).properties;
      const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
      const diffs = keys.filter((key) => key !== "version" && !equal(olds[key], news[key]));
      const answer = new proto.DiffResponse().setDiffsList(diffs);
      return answer.setChanges(diffs.length > 0 ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
    }),
    configure: unary((request: proto.ConfigureRequest, _scope, _marks, peer) => {
      const { properties } = unmarshal(request.getArgs());
      const variables = request.getVariablesMap();
      const [project, region] = ["project", "region"].map(
        (key) => textAt(properties, key) ?? variables.get(`gcp:config:${key}`),
      );
      const scope: Scope = { ...(project && { project }), ...(region && { region }) };
      scopes.set(peer, scope);
      controlPlane.configure(scope);
      const answer = new proto.ConfigureResponse();
      answer.setAcceptsecrets(true);
      answer.setSupportspreview(true);
      answer.setSupportsAutonamingConfiguration(true);
      return answer;
    }),

    check: unary((request: proto.CheckRequest, _scope, marks) => {
      const [type, name] = typeAndName(request.getUrn());
      const { properties, secrets } = unmarshal(request.getNews());
      marks.secrets = secrets;
      const proposed = request.getAutonaming();
      const { inputs, failures } = controlPlane.check({
        type,
        name,
        news: properties,
        olds: unmarshal(request.getOlds()).properties,
        randomSeed: request.getRandomseed_asU8(),
        ...(proposed && {
          autonaming: { proposedName: proposed.getProposedName(), mode: MODES[proposed.getMode()] ?? "propose" },
        }),
      });
      const answer = new proto.CheckResponse().setInputs(marshal(inputs, secrets));
      return answer.setFailuresList(
        failures.map(({ property, reason }) => new proto.CheckFailure().setProperty(property).setReason(reason)),
      );
    }),

    diff: unary((request: proto.DiffRequest, scope) => {
      const [type, name] = typeAndName(request.getUrn());
      const state = unmarshal(request.getOlds()).properties;
      const oldInputs = request.getOldInputs();
      const result = controlPlane.diff({
        type,
        name,
        id: request.getId(),
        oldState: state,
        oldInputs: oldInputs ? unmarshal(oldInputs).properties : state,
        news: unmarshal(request.getNews()).properties,
        ignoreChanges: request.getIgnorechangesList(),
        ...(scope && { scope }),
      });
      const answer = new proto.DiffResponse();
      answer.setChanges(result.changes ? DiffChanges.DIFF_SOME : DiffChanges.DIFF_NONE);
      answer.setDiffsList(result.diffs);
      answer.setReplacesList(result.replaces);
      answer.setDeletebeforereplace(result.deleteBeforeReplace);
      answer.setHasdetaileddiff(true);
      for (const [path, kind] of Object.entries(result.detailedDiff)) {
        const detail = new proto.PropertyDiff();
        detail.setKind(KINDS[kind] as never);
        detail.setInputdiff(true);
        answer.getDetaileddiffMap().set(path, detail);
      }
      return answer;
    }),

    create: unary((request: proto.CreateRequest, scope, marks) => {
      const urn = request.getUrn();
      const [type, name] = typeAndName(urn);
      const { properties, secrets } = unmarshal(request.getProperties());
      Object.assign(marks, { type, secrets });
      const asked = { type, name, urn, inputs: properties, preview: request.getPreview() };
      const { id, state } = controlPlane.create({ ...asked, ...(scope && { scope }) });
      return new proto.CreateResponse().setId(id).setProperties(marshal(state, secrets, alwaysSecret(type)));
    }),

    read: unary((request: proto.ReadRequest, scope, marks) => {
      const [type, name] = typeAndName(request.getUrn());
      const inputs = unmarshal(request.getInputs());
      const secrets = new Map([...unmarshal(request.getProperties()).secrets, ...inputs.secrets]);
      Object.assign(marks, { type, secrets });
      const found = controlPlane.read({ type, name, id: request.getId(), ...(scope && { scope }) });
      const answer = new proto.ReadResponse();
      if (!found) return answer;
      answer.setId(found.id);
      answer.setInputs(marshal(found.inputs, secrets));
      return answer.setProperties(marshal(found.state, secrets, alwaysSecret(type)));
    }),

    update: unary((request: proto.UpdateRequest, scope, marks) => {
      const [type, name] = typeAndName(request.getUrn());
      const { properties, secrets } = unmarshal(request.getNews());
      Object.assign(marks, { type, secrets });
      const { state } = controlPlane.update({
        type,
        name,
        id: request.getId(),
        inputs: properties,
        oldState: unmarshal(request.getOlds()).properties,
        ignoreChanges: request.getIgnorechangesList(),
        preview: request.getPreview(),
        ...(scope && { scope }),
      });
      return new proto.UpdateResponse().setProperties(marshal(state, secrets, alwaysSecret(type)));
    }),

    delete: unary((request: proto.DeleteRequest, scope) => {
      const [type, name] = typeAndName(request.getUrn());
      controlPlane.delete({ type, name, id: request.getId(), ...(scope && { scope }) });
      return new Empty();
    }),

    invoke: unary((request: proto.InvokeRequest, scope) => {
      const args = unmarshal(request.getArgs()).properties;
      const result = controlPlane.invoke({ token: request.getTok(), args, ...(scope && { scope }) });
      return new proto.InvokeResponse().setReturn(marshal(result));
    }),
  };
}

function alwaysSecret(type: string | undefined): readonly string[] {
  return (type === undefined ? undefined : RESOURCE_TYPES.get(type)?.secret) ?? [];
}

/** `urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME`. The name may hold colons. */
function typeAndName(urn: string): [string, string] {
  const [, , qualified = "", ...name] = urn.split("::");
  return [qualified.slice(qualified.lastIndexOf("$") + 1), name.join("::")];
}
