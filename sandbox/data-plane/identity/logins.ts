/** What `gcloud auth application-default login` leaves on somebody's machine. */
import { DEFAULT_CREDENTIALS_CLIENT, GCLOUD_CLIENT } from "./user-tokens";

/** A person's Application Default Credentials. Source: https://google.aip.dev/auth/4113 */
export interface AuthorizedUser {
  readonly type: "authorized_user";
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
}

/**
 * The same for somebody of a workforce pool, who signed in with `--login-config`.
 * Source: google-auth-library-nodejs, `ExternalAccountAuthorizedUserCredentialOptions`
 */
export interface ExternalAuthorizedUser {
  readonly type: "external_account_authorized_user";
  readonly audience: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
  readonly token_url: string;
  readonly token_info_url: string;
}

const REFRESH_PREFIX = "1//";

/** The credentials of whoever signed in and was given this access token; they hold as long as the sandbox runs. */
export function loginOf(accessToken: string): AuthorizedUser {
  return {
    type: "authorized_user",
    client_id: DEFAULT_CREDENTIALS_CLIENT,
    client_secret: "sandbox",
    refresh_token: refreshTokenFor(accessToken),
  };
}

/**
 * The credentials of somebody of a workforce pool.
 *
 * @param pool `locations/global/workforcePools/POOL`
 */
export function workforceLoginOf(accessToken: string, pool: string): ExternalAuthorizedUser {
  return {
    type: "external_account_authorized_user",
    audience: `//iam.googleapis.com/${pool}/providers/entra`,
    client_id: GCLOUD_CLIENT,
    client_secret: "sandbox",
    refresh_token: refreshTokenFor(accessToken),
    token_url: "https://sts.googleapis.com/v1/oauthtoken",
    token_info_url: "https://sts.googleapis.com/v1/introspect",
  };
}

/** What brings new access tokens, to whoever was given this one. */
export function refreshTokenFor(accessToken: string): string {
  return REFRESH_PREFIX + accessToken;
}

/** The access token that came with a refresh token; undefined for what is none. */
export function firstAccessToken(refreshToken: string): string | undefined {
  return refreshToken.startsWith(REFRESH_PREFIX) ? refreshToken.slice(REFRESH_PREFIX.length) : undefined;
}
