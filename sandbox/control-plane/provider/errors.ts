import { Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { LostAnswerError, PartialStateError } from "../errors";
import { marshal, type Secrets } from "./marshal";

/** What the engine is told: the message alone, the state that exists in spite of it, or a broken connection. */
export function grpcError(
  error: unknown,
  secrets?: ReadonlyMap<string, Secrets>,
  alwaysSecret?: readonly string[],
): Partial<ServiceError> {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof LostAnswerError) return { code: status.UNAVAILABLE, message };
  if (!(error instanceof PartialStateError)) return { code: status.UNKNOWN, message };
  const failed = new ErrorResourceInitFailed();
  failed.setId(error.id);
  failed.setProperties(marshal(error.state, secrets, alwaysSecret));
  failed.setInputs(marshal(error.inputs, secrets));
  failed.setReasonsList([...error.reasons]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const answer = new Status();
  answer.setCode(status.UNKNOWN);
  answer.setMessage(message);
  answer.setDetailsList([detail]);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(answer.serializeBinary()));
  return { code: status.UNKNOWN, message, metadata };
}
