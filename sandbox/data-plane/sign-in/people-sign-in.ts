/** Where the sandbox's people sign in: with a Google account, or with their company's directory through a workforce pool. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ControlPlane } from "../../control-plane";
import type { GoogleApis, Outcome } from "../google-apis/apis";
import type { Directory, Person } from "../identity/directory";
import { Codes } from "./codes";
import { Entra } from "./entra/entra";
import { GRAPH_HOST, LOGIN_HOST } from "./entra/names";
import { entraUsers } from "./entra/people";
import { ACCOUNTS_HOST, accountsUrl, handleAccounts, isAccountsPage } from "./google-accounts";
import { OauthClients } from "./oauth-clients";
import {
  type AuthorizationRequest,
  type Proof,
  type SignedIn,
  type SignIn,
  SignInError,
  type Workforce,
} from "./sign-in";
import { NotAdmitted } from "./workforce/mapping";
import { type WorkforceProvider, WorkforceProviders } from "./workforce/providers";
import {
  challengeOf,
  WORKFORCE_HOST,
  type WorkforceGrant,
  WorkforceSignIn,
  workforceAuthorizeUrl,
} from "./workforce/sign-in";
import { admit } from "./workforce/tokens";

export interface PeopleSignInOptions {
  readonly controlPlane: ControlPlane;
  readonly directory: Directory;
  readonly people: readonly Person[];
  readonly clock: () => Date;
  /** Answers what else there is at Google's hosts. */
  readonly apis: GoogleApis;
}

const HOSTS: ReadonlySet<string> = new Set([WORKFORCE_HOST, LOGIN_HOST, GRAPH_HOST, ACCOUNTS_HOST]);

export class PeopleSignIn implements SignIn, Workforce {
  readonly #options: PeopleSignInOptions;
  readonly #clients: OauthClients;
  readonly #providers: WorkforceProviders;
  readonly #entra: Entra;
  readonly #workforce: WorkforceSignIn;
  readonly #workforceCodes: Codes<WorkforceGrant>;
  readonly #googleCodes: Codes<SignedIn>;

  constructor(options: PeopleSignInOptions) {
    const { controlPlane, people, clock } = options;
    this.#options = options;
    const users = entraUsers(people);
    const attributes = users.flatMap((user) => Object.keys(user.attributes));
    const providers = new WorkforceProviders(controlPlane, [...new Set(attributes)]);
    this.#providers = providers;
    this.#clients = new OauthClients(controlPlane);
    this.#workforceCodes = new Codes(clock);
    this.#googleCodes = new Codes(clock);
    this.#entra = new Entra({ users, providers: () => providers.all(), clock });
    const shared = { entra: this.#entra, providers, clients: this.#clients, clock };
    this.#workforce = new WorkforceSignIn({ ...shared, codes: this.#workforceCodes });
  }

  plays(host: string): boolean {
    return HOSTS.has(host);
  }

  handle(host: string, request: IncomingMessage, response: ServerResponse): Promise<Outcome> {
    if (host === WORKFORCE_HOST) return this.#workforce.handle(request, response);
    if (host === LOGIN_HOST) return this.#entra.handle(request, response);
    if (host === GRAPH_HOST) return this.#entra.handleGraph(request, response);
    if (!isAccountsPage(request)) return this.#options.apis(host, request, response);
    return handleAccounts(request, response, { ...this.#options, codes: this.#googleCodes });
  }

  authorizeUrl({ clientId, redirectUri, state, workforcePool }: AuthorizationRequest): string {
    const query = { client_id: clientId, redirect_uri: redirectUri, state };
    return workforcePool === undefined ? accountsUrl(query) : workforceAuthorizeUrl(query, workforcePool);
  }

  async redeem({ code, clientId, clientSecret, redirectUri, codeVerifier }: Proof): Promise<SignedIn> {
    const bound = { clientId, redirectUri };
    if (this.#googleCodes.has(code)) return this.#googleCodes.redeem(code, bound);
    this.#clients.authenticate(clientId, clientSecret);
    const { signedIn, challenge } = this.#workforceCodes.redeem(code, bound);
    if (challenge !== undefined && challengeOf(codeVerifier ?? "") !== challenge) {
      throw new SignInError("invalid_grant", "the code verifier does not fit the challenge");
    }
    return signedIn;
  }

  async exchange(providerName: string, idToken: string): Promise<SignedIn> {
    const provider = this.#provider(providerName);
    try {
      return await admit(idToken, provider, { entra: this.#entra, now: this.#options.clock() });
    } catch (error) {
      if (error instanceof NotAdmitted) throw new SignInError(error.error, error.message);
      throw error;
    }
  }

  /** What the company's directory gives somebody for a pool's provider. @throws SignInError */
  async idToken(email: string, providerName: string): Promise<string> {
    const provider = this.#provider(providerName);
    if (provider.closed !== undefined) throw new SignInError("invalid_request", provider.closed);
    const token = await this.#entra.idToken(email, provider);
    if (token === undefined) throw new SignInError("invalid_grant", `${email} is not in the company's directory`);
    return token;
  }

  authenticate(clientId: string, clientSecret: string): void {
    this.#clients.authenticate(clientId, clientSecret);
  }

  #provider(name: string): WorkforceProvider {
    const provider = this.#providers.named(name);
    if (!provider) throw new SignInError("invalid_request", `no workforce provider is ${name}`);
    return provider;
  }
}
