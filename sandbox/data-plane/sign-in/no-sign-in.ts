/** Stands where nobody plays the sign-in: people are sent to Google's address for it, and it has no codes. */
import { type SignIn, SignInError } from "./sign-in";

export const NO_SIGN_IN: SignIn = {
  plays: () => false,
  handle: () => Promise.reject(new Error("no sign-in is played")),
  authorizeUrl({ clientId, redirectUri, state, workforcePool }) {
    const page =
      workforcePool === undefined
        ? "https://accounts.google.com/o/oauth2/v2/auth"
        : "https://auth.cloud.google/authorize";
    const query = { client_id: clientId, response_type: "code", redirect_uri: redirectUri, state };
    return `${page}?${new URLSearchParams(query)}`;
  },
  redeem: () => Promise.reject(new SignInError("invalid_grant", "no sign-in is played")),
};
