/** The load balancer's own answers. `seen`: found in what is named; `assumed`: not. */
import type { Answer } from "../front-end/answers";

/** Seen: the sentence, in public reports of backends without an endpoint that is healthy; assumed: for no endpoint at all. */
export function badGateway(): Answer {
  return serverError(
    502,
    "The server encountered a temporary error and could not complete your request.<p>Please try again in 30 seconds.",
  );
}

/** Seen: the form, in public reports of Cloud Armor's `deny(403)` and `deny(429)`. */
export function denied(code: number): Answer {
  const words = DENIED[code] ?? "Forbidden";
  const body = `<!doctype html><meta charset="utf-8"><meta name=viewport content="width=device-width, initial-scale=1"><title>${code}</title>${code} ${words}`;
  return { code, type: "text/html; charset=UTF-8", body };
}

const DENIED: Readonly<Record<number, string>> = {
  403: "Forbidden",
  404: "Not Found",
  429: "Too Many Requests",
  502: "Bad Gateway",
};

/** Assumed: the body. */
export function redirect(code: number, location: string): Answer {
  const body = `<HTML><HEAD><TITLE>${code} Moved</TITLE></HEAD><BODY><H1>${code} Moved</H1></BODY></HTML>\n`;
  return { code, type: "text/html; charset=UTF-8", body, headers: { Location: location, "Cache-Control": "private" } };
}

function serverError(code: number, sentence: string): Answer {
  const body = `
<html><head>
<meta http-equiv="content-type" content="text/html;charset=utf-8">
<title>${code} Server Error</title>
</head>
<body text=#000000 bgcolor=#ffffff>
<h1>Error: Server Error</h1>
<h2>${sentence}</h2>
<h2></h2>
</body></html>
`;
  return { code, type: "text/html; charset=UTF-8", body };
}
