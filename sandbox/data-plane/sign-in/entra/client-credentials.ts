/**
 * Tokens with which an application asks Microsoft Graph in its own name.
 * Source: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow and
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
import { randomBytes } from "node:crypto";

const LIFETIME_SECONDS = 3599;
const SCOPE = "https://graph.microsoft.com/.default";

/** What Entra holds at most; the oldest goes first. */
const MOST = 1000;

export interface TokenAnswer {
  readonly code: number;
  readonly json: unknown;
  readonly message: string;
}

export class ApplicationTokens {
  readonly #expiresAtMs = new Map<string, number>();

  constructor(private readonly clock: () => Date) {}

  /**
   * @param secretOf secret of an app that the state names; of any other app no secret is known, and none is looked at
   */
  exchange(form: URLSearchParams, secretOf: (clientId: string) => string | undefined): TokenAnswer {
    const [clientId, secret] = [form.get("client_id") ?? "", form.get("client_secret") ?? ""];
    if (clientId === "" || secret === "") {
      return failure(401, "invalid_client", "AADSTS7000216: client_assertion or client_secret is required.");
    }
    const known = secretOf(clientId);
    if (known !== undefined && known !== secret) {
      return failure(401, "invalid_client", `AADSTS7000215: Invalid client secret provided for app '${clientId}'.`);
    }
    if (form.get("scope") !== SCOPE) {
      const message = `AADSTS1002012: The provided value for scope ${form.get("scope") ?? ""} is not valid.`;
      return failure(400, "invalid_scope", message);
    }
    const token = `entra.${randomBytes(32).toString("base64url")}`;
    this.#expiresAtMs.set(token, this.clock().getTime() + LIFETIME_SECONDS * 1000);
    if (this.#expiresAtMs.size > MOST) this.#expiresAtMs.delete(this.#expiresAtMs.keys().next().value!);
    const lifetime = { expires_in: LIFETIME_SECONDS, ext_expires_in: LIFETIME_SECONDS };
    const note = known === undefined ? ", an app that is taken to be registered" : "";
    return {
      code: 200,
      json: { token_type: "Bearer", ...lifetime, access_token: token },
      message: `token for Microsoft Graph for ${clientId}${note}`,
    };
  }

  isGood(token: string): boolean {
    return (this.#expiresAtMs.get(token) ?? 0) > this.clock().getTime();
  }
}

function failure(code: number, error: string, description: string): TokenAnswer {
  return { code, json: { error, error_description: description }, message: `${error}: ${description}` };
}
