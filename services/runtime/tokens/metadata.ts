import { Agent, type Dispatcher, request } from "undici";
import { ServiceError } from "../errors";
import type { Minter } from "./id-token";

/**
 * The metadata server of a Cloud Run instance. It is asked directly, never through a proxy, and never with
 * `X-Forwarded-For`, which it refuses.
 */
export interface MetadataServer extends Minter {
  /** The project's id. @throws ServiceError `token-unavailable` */
  projectId(signal: AbortSignal): Promise<string>;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

/** Most bytes of an answer that are read; an ID token has about 1,000. */
const LARGEST_ANSWER = 16_384;

/**
 * @param host `GCE_METADATA_HOST`: a host with an optional port
 *
 * Source: https://cloud.google.com/run/docs/container-contract#metadata-server,
 * https://cloud.google.com/compute/docs/instances/verifying-instance-identity#request_signature
 */
export function metadataServer(host: string): MetadataServer {
  const dispatcher = new Agent({ maxResponseSize: LARGEST_ANSWER });
  const name = `the metadata server at ${host}`;
  const root = `http://${host}/computeMetadata/v1`;
  return {
    name,
    async mint(audience, signal) {
      const account = `${root}/instance/service-accounts/default`;
      const { text, date } = await get(
        `${account}/identity?audience=${encodeURIComponent(audience)}&format=full`,
        name,
        dispatcher,
        signal,
      );
      const mintersNowMs = Date.parse(date);
      return { token: text.trim(), ...(!Number.isNaN(mintersNowMs) && { mintersNowMs }) };
    },
    async projectId(signal) {
      return (await get(`${root}/project/project-id`, name, dispatcher, signal)).text.trim();
    },
    close: () => dispatcher.destroy(),
  };
}

async function get(url: string, name: string, dispatcher: Dispatcher, signal: AbortSignal) {
  const failed = (what: string, cause?: unknown) =>
    new ServiceError("token-unavailable", `${name} ${what}`, { ...(cause !== undefined && { cause }) });
  try {
    const answer = await request(url, { dispatcher, signal, headers: { "metadata-flavor": "Google" } });
    if (answer.statusCode !== 200) {
      await answer.body.dump();
      throw failed(`answered ${answer.statusCode}`);
    }
    const text = await answer.body.text();
    if (answer.headers["metadata-flavor"] !== "Google") {
      throw new ServiceError(
        "token-invalid",
        `${name} answered without "Metadata-Flavor: Google": it is something else`,
      );
    }
    return { text, date: String(answer.headers["date"] ?? "") };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof ServiceError) throw error;
    throw failed("cannot be reached, or broke off its answer", error);
  }
}
