import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import type { ControlPlane } from "../control-plane";
import { ControlPlaneError } from "../errors";
import { serveIamApi } from "../rest/serve";
import { providerService } from "./service";

export interface ServedProvider {
  port: number;
  /**
   * What another provider has to find in its environment to ask this control plane in the place of Google's APIs: an
   * endpoint by the gcp provider's own variable, and an access token that is good for nothing else.
   */
  providerSettings: Readonly<Record<string, string>>;
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
  const iam = await serveIamApi(controlPlane);
  return {
    port,
    providerSettings: {
      GOOGLE_IAM_WORKFORCE_POOL_CUSTOM_ENDPOINT: iam.endpoint,
      GOOGLE_OAUTH_ACCESS_TOKEN: iam.accessToken,
    },
    close: async () => {
      server.forceShutdown();
      await iam.close();
    },
  };
}
