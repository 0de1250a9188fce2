/** OAuth clients of IAM, which let people of workforce pools sign in: as the control plane's state has them. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { ControlPlane, StoredResource } from "../../control-plane";
import { OAUTH_CLIENT, OAUTH_CREDENTIAL } from "../../control-plane/handlers/iam/names";
import { listAt, textAt } from "../../control-plane/properties";
import { shortName } from "../../control-plane/rules/identifiers";
import { GCLOUD_CLIENT } from "../identity/user-tokens";
import { SignInError } from "./sign-in";

/** What a program on a laptop listens on. Source: RFC 8252, section 7.3 */
const LOOPBACK = /^http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?\//;

export class OauthClients {
  constructor(private readonly controlPlane: ControlPlane) {}

  /** Why a client may not have a browser sent to an address; undefined where it may. */
  refusedRedirect(clientId: string, redirectUri: string): string | undefined {
    if (clientId === GCLOUD_CLIENT) {
      return LOOPBACK.test(redirectUri)
        ? undefined
        : `gcloud takes codes on this machine alone, and not at ${redirectUri}`;
    }
    const client = this.#client(clientId);
    if (!client)
      return `no OAuth client of IAM has the client id "${clientId}"; the id of the app in Entra ID is another`;
    if (client.state["disabled"] === true) return `the OAuth client "${clientId}" is disabled`;
    const allowed = listAt(client.state, "allowedRedirectUris").map(String);
    if (allowed.includes(redirectUri)) return undefined;
    const list = allowed.join(", ") || "none";
    return `the OAuth client "${clientId}" has no redirect address ${redirectUri} (allowedRedirectUris: ${list})`;
  }

  /** Whether a client is a program that can keep no secret, and proves with PKCE that a code is for it. */
  isPublic(clientId: string): boolean {
    return clientId === GCLOUD_CLIENT;
  }

  /** @throws SignInError where the secret is not one of the client's */
  authenticate(clientId: string, secret: string): void {
    if (this.isPublic(clientId)) return;
    const client = this.#client(clientId);
    if (!client) throw new SignInError("invalid_client", `no OAuth client of IAM has the client id "${clientId}"`);
    if (client.state["disabled"] === true) {
      throw new SignInError("invalid_client", `the OAuth client "${clientId}" is disabled`);
    }
    const isRight = this.#secretsOf(client).some((one) => isSame(one, secret));
    if (!isRight) throw new SignInError("invalid_client", `that is no secret of the OAuth client "${clientId}"`);
  }

  #client(clientId: string): StoredResource | undefined {
    return this.controlPlane.list({ type: OAUTH_CLIENT }).find(({ state }) => textAt(state, "clientId") === clientId);
  }

  #secretsOf({ state: client }: StoredResource): string[] {
    return this.controlPlane.list({ type: OAUTH_CREDENTIAL }).flatMap(({ state }) => {
      const isOwn = shortName(textAt(state, "oauthclient") ?? "") === client["oauthClientId"];
      const secret = textAt(state, "clientSecret");
      return isOwn && state["project"] === client["project"] && state["disabled"] !== true && secret ? [secret] : [];
    });
  }
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
