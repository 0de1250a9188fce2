import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ControlPlane } from "../control-plane";
import { ControlPlaneError } from "../errors";
import { providerService } from "./service";

export interface ServedProvider {
  port: number;
  close(): Promise<void>;
}

/**
 * Serves the control plane as a Pulumi provider on a port of this machine. The engine attaches to it with
 * `PULUMI_DEBUG_PROVIDERS=gcp:PORT`.
 */
export async function serveProvider(controlPlane: ControlPlane): Promise<ServedProvider> {
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(ResourceProviderService, providerService(controlPlane));
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new ControlPlaneError(`cannot serve the control plane: ${error.message}`));
      else resolve(bound);
    });
  });
  return {
    port,
    close: async () => server.forceShutdown(),
  };
}
