/**
 * The policy SDK's own analyzer in process: what the engine reaches over gRPC, without engine and socket. Inputs go
 * through the wire format, the SDK's deserialiser and its proxy, so unknowns and secrets are as a preview has them.
 */
import type { PolicyPackArgs } from "@pulumi/policy";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

/** Of the SDK's private module: its declarations are stripped. */
interface Server {
  makeAnalyzeRpcFun: MakeRpc<proto.AnalyzeRequest>;
  makeAnalyzeStackRpcFun: MakeRpc<proto.AnalyzeStackRequest>;
}

/** The keys that rules read from the policy config, by rule. */
export type RuleConfig = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type MakeRpc<Request> = (
  pack: string,
  version: string,
  level: string,
  policies: PolicyPackArgs["policies"],
) => (
  call: { request: Request },
  callback: (error: Error | undefined, response: proto.AnalyzeResponse) => void,
) => void;
const server: Server = require("@pulumi/policy/server");

export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

export interface Input {
  readonly type: string;
  readonly name?: string;
  readonly props: Readonly<Record<string, unknown>>;
  /** URNs by property, as the engine knows them from the program. */
  readonly sources?: Readonly<Record<string, readonly string[]>>;
}

export interface Diagnostic {
  readonly policy: string;
  readonly message: string;
  readonly level: "advisory" | "mandatory" | "other";
  /** What a stack policy blames. */
  readonly urn?: string;
}

export interface Analyzer {
  analyze(input: Input): Promise<Diagnostic[]>;
  analyzeStack(inputs: readonly Input[]): Promise<Diagnostic[]>;
  /** The same request again and again, for measuring. */
  prepare(input: Input): () => Promise<void>;
}

export function sdkAnalyzer(pack: PolicyPackArgs, config: RuleConfig = {}): Analyzer {
  const policies = pack.policies.map((policy) => configured(policy, config[policy.name]));
  const analyze = server.makeAnalyzeRpcFun("pack", "1.0.0", "mandatory", policies);
  const analyzeStack = server.makeAnalyzeStackRpcFun("pack", "1.0.0", "mandatory", policies);
  return {
    analyze: (input) => answer(analyze, requestOf(input)),
    analyzeStack: (inputs) => {
      const request = new proto.AnalyzeStackRequest();
      request.setResourcesList(inputs.map(stackResourceOf));
      return answer(analyzeStack, request);
    },
    prepare: (input) => {
      const request = requestOf(input);
      return () => new Promise((done, fail) => analyze({ request }, (error) => (error ? fail(error) : done())));
    },
  };
}

/** The SDK keeps the config that the engine sends in a variable of its module, which nobody else can set. */
function configured(policy: Policy, config: Readonly<Record<string, unknown>> | undefined): Policy {
  if (config === undefined) return policy;
  const getConfig = <T extends object>() => config as T;
  if ("validateStack" in policy) {
    const validate = policy.validateStack;
    return { ...policy, validateStack: (args, report) => validate({ ...args, getConfig }, report) } as Policy;
  }
  if (!("validateResource" in policy) || typeof policy.validateResource !== "function") return policy;
  const validate = policy.validateResource;
  return { ...policy, validateResource: (args, report) => validate({ ...args, getConfig }, report) };
}
type Policy = PolicyPackArgs["policies"][number];

export const urnOf = ({ type, name }: Input) => `urn:pulumi:dev::mesh::${type}::${name ?? "it"}`;

/** What is left out as `undefined` is not sent. */
function onWire(props: Input["props"]): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as { [key: string]: JavaScriptValue });
}

function requestOf(input: Input): proto.AnalyzeRequest {
  const request = new proto.AnalyzeRequest();
  request.setType(input.type);
  request.setUrn(urnOf(input));
  request.setName(input.name ?? "it");
  request.setOptions(new proto.AnalyzerResourceOptions());
  request.setProperties(onWire(input.props));
  return proto.AnalyzeRequest.deserializeBinary(request.serializeBinary());
}

function stackResourceOf(input: Input): proto.AnalyzerResource {
  const resource = new proto.AnalyzerResource();
  resource.setType(input.type);
  resource.setUrn(urnOf(input));
  resource.setName(input.name ?? "it");
  resource.setOptions(new proto.AnalyzerResourceOptions());
  resource.setProperties(onWire(input.props));
  for (const [property, urns] of Object.entries(input.sources ?? {})) {
    const sources = new proto.AnalyzerPropertyDependencies();
    sources.setUrnsList([...urns]);
    resource.getPropertydependenciesMap().set(property, sources);
  }
  return resource;
}

function answer<Request>(rpc: ReturnType<MakeRpc<Request>>, request: Request): Promise<Diagnostic[]> {
  return new Promise((done, fail) => {
    rpc({ request }, (error, response) =>
      error ? fail(error) : done(response.getDiagnosticsList().map(diagnosticOf)),
    );
  });
}

function diagnosticOf(diagnostic: proto.AnalyzeDiagnostic): Diagnostic {
  const level = diagnostic.getEnforcementlevel();
  return {
    policy: diagnostic.getPolicyname(),
    message: diagnostic.getMessage(),
    level:
      level === proto.EnforcementLevel.ADVISORY
        ? "advisory"
        : level === proto.EnforcementLevel.MANDATORY
          ? "mandatory"
          : "other",
    ...(diagnostic.getUrn() !== "" && { urn: diagnostic.getUrn() }),
  };
}
