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
}

export interface Diagnostic {
  readonly policy: string;
  readonly message: string;
  readonly level: "advisory" | "mandatory" | "other";
}

export interface Analyzer {
  analyze(input: Input): Promise<Diagnostic[]>;
  analyzeStack(inputs: readonly Input[]): Promise<Diagnostic[]>;
  /** The same request again and again, for measuring. */
  prepare(input: Input): () => Promise<void>;
}

export function sdkAnalyzer(pack: PolicyPackArgs): Analyzer {
  const analyze = server.makeAnalyzeRpcFun("pack", "1.0.0", "mandatory", pack.policies);
  const analyzeStack = server.makeAnalyzeStackRpcFun("pack", "1.0.0", "mandatory", pack.policies);
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

export const urnOf = ({ type, name }: Input) => `urn:pulumi:dev::mesh::${type}::${name ?? "it"}`;

function requestOf(input: Input): proto.AnalyzeRequest {
  const request = new proto.AnalyzeRequest();
  request.setType(input.type);
  request.setUrn(urnOf(input));
  request.setName(input.name ?? "it");
  request.setOptions(new proto.AnalyzerResourceOptions());
  request.setProperties(Struct.fromJavaScript(input.props as { [key: string]: JavaScriptValue }));
  return proto.AnalyzeRequest.deserializeBinary(request.serializeBinary());
}

function stackResourceOf(input: Input): proto.AnalyzerResource {
  const resource = new proto.AnalyzerResource();
  resource.setType(input.type);
  resource.setUrn(urnOf(input));
  resource.setName(input.name ?? "it");
  resource.setOptions(new proto.AnalyzerResourceOptions());
  resource.setProperties(Struct.fromJavaScript(input.props as { [key: string]: JavaScriptValue }));
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
  };
}
