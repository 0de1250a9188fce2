import { get } from "node:http";

const PATH = "/computeMetadata/v1/instance/service-accounts/default/token";
const LIMIT_MS = 5_000;

/**
 * An access token of the service's account, with which it logs in to Cloud SQL. The metadata server keeps and renews it.
 *
 * Source: https://cloud.google.com/run/docs/container-contract#metadata-server
 */
export function accessToken(metadataHost: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { "metadata-flavor": "Google" };
    const request = get(`http://${metadataHost}${PATH}`, { headers, timeout: LIMIT_MS }, async (answer) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of answer) chunks.push(chunk);
        const { access_token: token } = JSON.parse(Buffer.concat(chunks).toString());
        if (answer.statusCode !== 200 || typeof token !== "string") throw new Error();
        resolve(token);
      } catch {
        reject(new Error(`the metadata server gave no access token (${answer.statusCode})`));
      }
    });
    request.on("timeout", () => request.destroy(new Error("the metadata server was too slow")));
    request.on("error", reject);
  });
}
