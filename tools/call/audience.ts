/** The audience that an ID token names. A person's is the client that they signed in with, whatever the service. */
export function audienceOf(token: string): string {
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as { aud: string };
  return claims.aud;
}

/** What a token is for, in words. */
export function purposeOf(token: string, url: string): string {
  const audience = audienceOf(token);
  return audience === url ? `for ${url}` : `for ${audience}, which Cloud Run takes on every service, ${url} included`;
}
