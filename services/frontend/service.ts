import { type Answer, originOf, type Route, type ServiceDefinition, ServiceError } from "../runtime/index";
import { HTML, ICON } from "./page/html";
import { SCRIPT } from "./page/script";
import { STYLE } from "./page/style";
import { relay } from "./relay";

export const SERVICE = "chat-frontend (TypeScript)";

/** Nothing from elsewhere, nothing inline, no markup made by scripts. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

/**
 * A chat page. It talks to `/chat` on its own origin: once deployed, the auth proxy in front of both gives that path to the
 * backend.
 *
 * @param chatUrl `CHAT_URL`, for a laptop: origin of a deployed auth proxy, to which `/chat` is handed on.
 *   @default none: this service has no `/chat`
 */
export function frontend(chatUrl?: string): ServiceDefinition<never> {
  return {
    name: SERVICE,
    calls: [],
    routes: () => [
      page("/", "text/html; charset=utf-8", HTML),
      page("/page.css", "text/css; charset=utf-8", STYLE),
      page("/page.js", "text/javascript; charset=utf-8", SCRIPT),
      page("/icon.svg", "image/svg+xml", ICON),
      ...(chatUrl ? [relay(chatOrigin(chatUrl))] : []),
    ],
  };
}

function page(path: string, type: string, body: string): Route {
  const answer: Answer = {
    body,
    headers: {
      "content-type": type,
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-cache",
    },
  };
  return { method: "GET", path, handler: () => answer };
}

function chatOrigin(text: string): string {
  const origin = originOf(text);
  if (origin !== undefined) return origin;
  throw new ServiceError(
    "options-invalid",
    "CHAT_URL: allowed: https://HOST without a path (http on loopback); unset it where an auth proxy is in front",
  );
}
