/**
 * Plays Identity-Aware Proxy: decides who comes through to what it guards, a Cloud Run service or a backend of a load
 * balancer. Sources: https://cloud.google.com/run/docs/securing/identity-aware-proxy-cloud-run,
 * https://cloud.google.com/iap/docs/concepts-overview
 */
import type { IncomingHttpHeaders } from "node:http";
import type { ControlPlane } from "../../control-plane";
import type { Answer } from "../front-end/answers";
import type { TokenVerifier } from "../front-end/id-token";
import { type AssertionSigner, identityHeaders } from "../identity/assertions";
import type { Directory, Principal } from "../identity/directory";
import { mayAccess } from "./access";
import * as answers from "./answers";
import { clearedCookies } from "./cookies";
import type { Handshake, Step } from "./handshake";
import { modeOf } from "./modes";
import { type IapPerson, personOfToken, personOfVisitor, personSignedIn } from "./person";
import { programToken, wordsFor } from "./programs";
import type { IapResource } from "./resource";
import { type IapSettings, settingsOf } from "./settings";

export interface IapPassed {
  readonly passes: true;
  /** Nobody for OPTIONS, where the settings let it pass. */
  readonly principal?: Principal;
  readonly message: string;
  /** Flat: name, value, name, value. */
  readonly headers: readonly string[];
}

export interface IapRefused {
  readonly passes: false;
  readonly reason: "iap-sign-in" | "iap-no-access" | "iap-own" | "iap-callback";
  readonly answer: Answer;
  readonly message: string;
  readonly principal?: Principal;
}

export type IapVerdict = IapPassed | IapRefused;

export interface IapRequest {
  readonly host: string;
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Address of whoever's way into the mesh it took, signed in wherever such people can. */
  readonly person?: string | undefined;
}

export interface IapOptions {
  readonly controlPlane: ControlPlane;
  readonly directory: Directory;
  readonly signer: AssertionSigner;
  readonly verifier: TokenVerifier;
  readonly handshake: Handshake;
  readonly clock: () => Date;
}

export class IdentityAwareProxy {
  constructor(private readonly options: IapOptions) {}

  async judge(resource: IapResource, request: IapRequest): Promise<IapVerdict> {
    const { controlPlane, handshake, signer, clock } = this.options;
    const { host, target, headers, method } = request;
    const settings = settingsOf(resource, controlPlane);
    const { mode, flaw, withoutMode } = modeOf(target);
    if (mode === "AUTHENTICATING") return stepped(handshake.finish(resource, host, target, headers));
    if (mode === "CLEAR_LOGIN_COOKIE") {
      const answer = answers.found(`https://${host}${withoutMode}`, clearedCookies(headers));
      return own(answer, `the cookies of Identity-Aware Proxy are taken back on ${host}`);
    }
    if (mode === "DO_SESSION_REFRESH") {
      // At the same path: the URL map leads another one to another backend, whose sign-in it would not be.
      const [path = "/"] = target.split("?", 1);
      const answer = handshake.begin(resource, settings, host, `${path}?gcp-iap-mode=SESSION_REFRESHER`);
      return own(answer, `signs in anew to ${resource.name}`);
    }
    if (method === "OPTIONS" && settings.allowsOptions) {
      return { passes: true, headers: [], message: `OPTIONS passes to ${resource.name} without an identity` };
    }
    const who = await this.#whoIs(resource, settings, request);
    if ("passes" in who) return who;
    const { principal, claims } = who;
    if (mode === "IDENTITY") {
      const [, email] = identityHeaders(claims);
      return { ...own(answers.identity(email || undefined, claims.sub), "was told who it is"), principal };
    }
    if (mode === "SESSION_REFRESHER") return { ...own(answers.sessionRefresher(), "keeps its session"), principal };
    const { may, message } = mayAccess(principal, resource, controlPlane, clock());
    if (!may) {
      const page = settings.accessDeniedPageUri;
      const answer = page === undefined ? answers.noAccess() : answers.accessDeniedPage(page);
      return { passes: false, reason: "iap-no-access", answer, message, principal };
    }
    const assertion = await signer.assertion(claims, resource.audience, flaw);
    const told = ["X-Goog-IAP-JWT-Assertion", assertion, ...identityHeaders(claims)];
    return { passes: true, principal, headers: told, message };
  }

  /** Answers for iap.googleapis.com; undefined for what is not played there. */
  redeem(host: string, target: string): Promise<Step | undefined> {
    return this.options.handshake.redeem(host, target);
  }

  async #whoIs(resource: IapResource, settings: IapSettings, request: IapRequest): Promise<IapPerson | IapRefused> {
    const { directory, verifier, handshake, clock } = this.options;
    const { host, target, headers, method, person } = request;
    const token = await programToken(headers, settings, verifier, clock());
    if (token && "refused" in token) {
      const message = `${resource.name} is behind Identity-Aware Proxy: ${token.message}`;
      return {
        passes: false,
        reason: "iap-sign-in",
        answer: answers.invalidCredentials(wordsFor(token.refused)),
        message,
      };
    }
    if (token) return personOfToken(token.claims, directory);
    const session = handshake.session(resource, settings, headers);
    if (session && "signedIn" in session) return personSignedIn(session.signedIn, directory);
    const visitor = person === undefined ? undefined : personOfVisitor(person, settings, directory);
    if (visitor) return visitor;
    const why = session === undefined ? "" : `: ${session.refused}`;
    const message = `nobody is signed in to the Identity-Aware Proxy on ${resource.name}${why}`;
    const answer = followsRedirects(method, headers)
      ? handshake.begin(resource, settings, host, target)
      : answers.invalidCredentials(answers.EMPTY_TOKEN);
    return { passes: false, reason: "iap-sign-in", answer, message };
  }
}

/**
 * Whether a client can be sent to sign in: a page's own request cannot, nor one that sends something, nor one that takes
 * no HTML. Sources: https://cloud.google.com/iap/docs/sessions-howto, https://cloud.google.com/iap/docs/faq
 */
function followsRedirects(method: string, headers: IncomingHttpHeaders): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  if (headers["x-requested-with"] === "XMLHttpRequest") return false;
  return /(?:text\/html|\*\/\*|text\/\*)/.test(headers.accept ?? "*/*");
}

function stepped({ answer, holds, message }: Step): IapRefused {
  return { passes: false, reason: holds ? "iap-own" : "iap-callback", answer, message };
}

function own(answer: Answer, message: string): IapRefused {
  return { passes: false, reason: "iap-own", answer, message };
}
