/**
 * Google's own sign-in, for Identity-Aware Proxy where no workforce pool is named. Its OAuth clients are not in the
 * control plane's state, so that Identity-Aware Proxy's own redirect address is the only one.
 * Source: https://developers.google.com/identity/protocols/oauth2/web-server; seen in the redirects of a service with IAP on.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Outcome } from "../google-apis/apis";
import type { Directory, Person } from "../identity/directory";
import { workforceIdentity } from "../identity/workforce";
import { urlIn } from "../request-target";
import type { Codes } from "./codes";
import { nameOf } from "./entra/people";
import { formOf } from "./form";
import { chooserPage, errorPage, sendPage } from "./pages";
import type { SignedIn } from "./sign-in";

export const ACCOUNTS_HOST = "accounts.google.com";
const PATH = "/o/oauth2/v2/auth";
const NAME = "Google";

export interface GoogleAccountsOptions {
  readonly people: readonly Person[];
  readonly directory: Directory;
  readonly codes: Codes<SignedIn>;
}

/** Whether a request is for the page; everything else at the host is of Google's APIs. */
export function isAccountsPage(request: IncomingMessage): boolean {
  return urlIn(request, ACCOUNTS_HOST).pathname === PATH;
}

export function accountsUrl(query: Readonly<Record<string, string>>): string {
  const all = { ...query, response_type: "code", scope: "openid email" };
  return `https://${ACCOUNTS_HOST}${PATH}?${new URLSearchParams(all)}`;
}

/** Shows who can sign in, and sends whoever is chosen back with a code. */
export async function handleAccounts(
  request: IncomingMessage,
  response: ServerResponse,
  { people, directory, codes }: GoogleAccountsOptions,
): Promise<Outcome> {
  const { searchParams } = urlIn(request, ACCOUNTS_HOST);
  const [clientId, redirectUri] = [searchParams.get("client_id") ?? "", searchParams.get("redirect_uri") ?? ""];
  if (redirectUri !== `https://iap.googleapis.com/v1/oauth/clientIds/${clientId}:handleRedirect`) {
    const why = "redirect_uri_mismatch: Identity-Aware Proxy alone has people sign in here, at its own address";
    sendPage(response, 400, errorPage(NAME, "Access blocked: this application's request is invalid", why));
    return { code: 400, reason: "played", message: why };
  }
  const own = people.filter((person) => isAccount(person, directory));
  if (request.method !== "POST") {
    const choices = own.map((person) => ({ value: person.email, name: nameOf(person), detail: person.email }));
    const text = "These are the people whom the sandbox knows by a Google account.";
    const nobody = "Nobody here has a Google account. Name people in the stack config: cloud-run-mesh:sandbox.people";
    const page = { provider: NAME, heading: "Choose an account", text, field: "account", choices, nobody };
    sendPage(response, 200, chooserPage(page));
    return { code: 200, reason: "played", message: "asks who signs in" };
  }
  const email = (await formOf(request)).get("account");
  const person = own.find((one) => one.email === email);
  const target = new URL(redirectUri);
  if (person) target.searchParams.set("code", codes.issue({ clientId, redirectUri }, signedIn(person, directory)));
  else target.searchParams.set("error", "access_denied");
  const state = searchParams.get("state");
  if (state !== null) target.searchParams.set("state", state);
  response.writeHead(302, { Location: target.href, "Cache-Control": "no-store" });
  response.end();
  return { code: 302, reason: "played", message: person ? `${person.email} signs in` : "the person has cancelled" };
}

function isAccount(person: Person, directory: Directory): boolean {
  return (
    workforceIdentity(person) === undefined && person.id === undefined && !directory.isServiceAccount(person.email)
  );
}

function signedIn({ email }: Person, directory: Directory): SignedIn {
  const { members } = directory.identify(directory.subjectOf(email));
  return { email, principal: `user:${email}`, source: "google", members, verifiedEmail: email };
}
