/** Nothing from elsewhere, nothing inline, no markup made by scripts, and in no frame. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const ALWAYS = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  // With "no-referrer" browsers would send `Origin: null` with forms.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

/** Of a page: it is one person's, and nobody keeps it. */
export const PAGE_HEADERS = { ...ALWAYS, "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };

/** Of what is the same for everybody. */
export function fileHeaders(type: string): Readonly<Record<string, string>> {
  return { ...ALWAYS, "content-type": type, "cache-control": "no-cache" };
}
