/** How secrets are known: by what a variable is called, and by the form that issuers give them. */

/** The name ends with what it holds: `DB_PASSWORD` and `dbPassword`, not `PASSWORD_FILE`, `TOKEN_URL` or `MAX_TOKENS`. */
const NAME =
  /(?:^|[_.-])(?:pass|passwd|password|passphrase|pwd|secret|token|credentials?|api_?key|secret_?key|private_?key|access_?key|encryption_?key|signing_?key|auth_?key|connection_?string|conn_?str|dsn|jwt)$/i;

/** Names of services' own, in which the word means something else. */
const NOT_SECRET = /(?:^|[_.-])(?:public|next|page|continuation|csrf)[_.-]?(?:api_?key|key|token)$/i;

export function isSecretName(name: unknown): boolean {
  if (typeof name !== "string" || name.length > MAX_CHARACTERS) return false;
  const words = name.trim().replace(/([a-z0-9])([A-Z])/g, "$1_$2");
  return NAME.test(words) && !NOT_SECRET.test(words);
}

/** Google's and others' own documents name these prefixes, so that scanners find them. */
const FORMS: readonly RegExp[] = [
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/,
  /"private_key"\s*:\s*"/,
  /\bAIza[0-9A-Za-z_-]{35}/,
  /\bGOCSPX-[0-9A-Za-z_-]{20,}/,
  /\bya29\.[0-9A-Za-z_-]{20,}/,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bgh[oprsu]_[0-9A-Za-z]{36,}/,
  /\bgithub_pat_[0-9A-Za-z_]{22,}/,
  /\bglpat-[0-9A-Za-z_-]{20,}/,
  /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/,
  /\b(?:sk|rk)_live_[0-9A-Za-z]{16,}/,
  /\bsk-(?:ant-|proj-)[0-9A-Za-z_-]{20,}/,
  /\bnpm_[0-9A-Za-z]{36,}/,
  /\bSG\.[0-9A-Za-z_-]{16,}\.[0-9A-Za-z_-]{16,}/,
  /\beyJ[0-9A-Za-z_-]{10,1000}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}/,
  // A password in a URL; `user:@host` has none, and `${PASSWORD}` is put in later.
  /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@]{0,200}:(?![${])[^\s/@]{1,200}@/i,
];

/** Cloud Run takes 32 KiB a variable: https://docs.cloud.google.com/run/quotas. What is longer is refused there. */
const MAX_CHARACTERS = 32 * 1024;

export function looksSecret(value: unknown): boolean {
  if (typeof value !== "string") return false;
  const text = value.slice(0, MAX_CHARACTERS);
  return FORMS.some((form) => form.test(text));
}
