/** A sign-in for tests: whoever was chosen is signed in at once, without a page. */
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type AuthorizationRequest,
  type Redemption,
  type SignedIn,
  type SignIn,
  SignInError,
} from "../../../sandbox/data-plane/sign-in/sign-in";

const PAGE = "auth.cloud.google";

export class ChosenPerson implements SignIn {
  person: SignedIn | undefined;
  readonly asked: AuthorizationRequest[] = [];
  readonly #codes = new Map<string, { signedIn: SignedIn; clientId: string }>();

  plays(host: string): boolean {
    return host === PAGE;
  }

  authorizeUrl(request: AuthorizationRequest): string {
    this.asked.push(request);
    const { clientId, redirectUri, state } = request;
    return `https://${PAGE}/authorize?${new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, state })}`;
  }

  async handle(_host: string, request: IncomingMessage, response: ServerResponse) {
    const { searchParams } = new URL(request.url ?? "/", `https://${PAGE}`);
    const back = new URL(searchParams.get("redirect_uri")!);
    back.searchParams.set("state", searchParams.get("state")!);
    if (this.person) {
      const code = `code-${this.#codes.size}`;
      this.#codes.set(code, { signedIn: this.person, clientId: searchParams.get("client_id")! });
      back.searchParams.set("code", code);
    } else back.searchParams.set("error", "access_denied");
    response.writeHead(302, { Location: back.href }).end();
    return { code: 302, reason: "played", message: "signed in" } as const;
  }

  async redeem({ code, clientId }: Redemption): Promise<SignedIn> {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    if (found?.clientId !== clientId) throw new SignInError("invalid_grant", "no such code");
    return found.signedIn;
  }
}
