/** What `gcloud auth application-default login` leaves on somebody's machine. */
import { DEFAULT_CREDENTIALS_CLIENT } from "./user-tokens";

/** A person's Application Default Credentials. Source: https://google.aip.dev/auth/4113 */
export interface AuthorizedUser {
  readonly type: "authorized_user";
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
}

const REFRESH_PREFIX = "1//";

/** The credentials of whoever signed in and was given this access token; they hold as long as the sandbox runs. */
export function loginOf(accessToken: string): AuthorizedUser {
  return {
    type: "authorized_user",
    client_id: DEFAULT_CREDENTIALS_CLIENT,
    client_secret: "sandbox",
    refresh_token: REFRESH_PREFIX + accessToken,
  };
}

/** The access token that came with a refresh token; undefined for what is none. */
export function firstAccessToken(refreshToken: string): string | undefined {
  return refreshToken.startsWith(REFRESH_PREFIX) ? refreshToken.slice(REFRESH_PREFIX.length) : undefined;
}
