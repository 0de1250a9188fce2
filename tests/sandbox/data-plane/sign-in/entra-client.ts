/** The app that is registered in Entra ID, as its own server: code flow by hand, without a library. */
import { createHash, randomBytes } from "node:crypto";
import { ask } from "../mesh";
import { Browser } from "./browser";
import { APP, APP_SECRET, type Company, MIA, PROVIDER, TENANT } from "./company";

export const LOGIN = `https://login.microsoftonline.com/${TENANT}`;
export const CALLBACK = `https://auth.cloud.google/signin-callback/${PROVIDER}`;

export interface Begun {
  readonly code: string;
  readonly verifier: string;
}

/** Somebody signs in, and Entra ID sends back a code. */
export async function begin(company: Company, more: Record<string, string> = {}, id = MIA.id!): Promise<Begun> {
  const window = new Browser(await company.plane.proxyFor({}), CALLBACK);
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const query = new URLSearchParams({
    ...{ client_id: APP, redirect_uri: CALLBACK, response_type: "code", scope: "openid profile email", state: "s" },
    ...{ nonce: "n", code_challenge: challenge, code_challenge_method: "S256", ...more },
  });
  const chooser = await window.open(`${LOGIN}/oauth2/v2.0/authorize?${query}`);
  const back = chooser.url.includes("/login/") ? await window.press(chooser, { account: id }) : chooser;
  return { code: new URL(back.url).searchParams.get("code") ?? `no code: ${back.code} ${back.url}`, verifier };
}

/** Asks the token endpoint for what a code stands for. */
export async function finish(company: Company, { code, verifier }: Begun, more: Record<string, string> = {}) {
  const form = new URLSearchParams({
    ...{ grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier },
    ...{ client_id: APP, client_secret: APP_SECRET, ...more },
  });
  return post(company, `${LOGIN}/oauth2/v2.0/token`, form);
}

export async function idToken(company: Company, id = MIA.id!): Promise<string> {
  return (await finish(company, await begin(company, {}, id))).json().id_token;
}

export async function post(
  company: Company,
  url: string,
  form: URLSearchParams | Record<string, string>,
  headers: Record<string, string> = {},
) {
  const type = { "Content-Type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(form).toString();
  return ask(await company.plane.proxyFor({}), url, { method: "POST", headers: { ...type, ...headers }, body });
}
