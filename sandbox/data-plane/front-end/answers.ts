/**
 * Cloud Run's own answers. `seen`: the status and the body were found in a transcript or an issue that is named here;
 * `assumed`: they were not.
 */
import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from "node:http";

export interface Answer {
  readonly code: number;
  readonly type: string;
  readonly body: string;
  /** A list is sent as a header for each. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}

/** Seen: Google's codelab transcript of a private service that is called without a token. */
export function forbidden(path: string): Answer {
  const sentence = `Your client does not have permission to get URL <code>${escaped(path)}</code> from this server.`;
  return page(403, "403 Forbidden", "Error: Forbidden", sentence);
}

/** Seen: the body in google/adk-python issue 3814; the sentence also in googleapis/google-auth-library-nodejs issue 1208. */
export function unauthorized(path: string): Answer {
  const sentence = `Your client does not have permission to the requested URL <code>${escaped(path)}</code>.`;
  return {
    ...page(401, "401 Unauthorized", "Error: Unauthorized", sentence),
    headers: {
      "WWW-Authenticate": 'Bearer error="invalid_token" error_description="The access token could not be verified"',
    },
  };
}

/**
 * Seen: the body in a transcript of a run.app host that does not exist. Assumed: the same for ingress that is not
 * allowed, for a default URL that is switched off and for reserved paths.
 */
export function notFound(): Answer {
  return page(404, "404 Page not found", "Error: Page not found", "The requested URL was not found on this server.");
}

/** Seen: title and sentence, in ahmetoner/whisper-asr-webservice issue 143. */
export function tooLarge(): Answer {
  const sentence = "Your client issued a request that was too large.";
  return page(413, "413 Request Entity Too Large", "Error: Request Entity Too Large", sentence);
}

/** Seen: the sentence, in public reports of Google's 400 page. Assumed: the form. */
export function illegal(): Answer {
  return page(400, "400 Bad Request", "Error: Bad Request", "Your client has issued a malformed or illegal request.");
}

/** Assumed: the page, and from how many bytes on; Node's limit is 16 KiB. */
export function headersTooLarge(): Answer {
  const title = "Request Header Fields Too Large";
  return page(431, `431 ${title}`, `Error: ${title}`, "Your client issued a request whose headers were too large.");
}

/** Assumed: the page, and after what time; Node's is a minute for the headers. */
export function tooSlow(): Answer {
  return page(
    408,
    "408 Request Timeout",
    "Error: Request Timeout",
    "Your client has taken too long to issue its request.",
  );
}

/** Seen: the code, in simonw/datasette issue 749. Assumed: the page, which is Google's for errors of its own. */
export function answerTooLarge(): Answer {
  const sentence =
    "The server encountered an error and could not complete your request.<p>Please try again in 30 seconds.";
  return page(500, "500 Server Error", "Error: Server Error", sentence);
}

/** Assumed; https://cloud.google.com/run/docs/troubleshooting#500 names the log line of a request without an instance. */
export function unavailable(): Answer {
  return page(503, "503 Service Unavailable", "Error: Server Error", "The service you requested is not available yet.");
}

/** Assumed: the text is that of the proxy in front of containers. */
export function calleeDied(): Answer {
  const body = "upstream connect error or disconnect/reset before headers. reset reason: connection termination";
  return { code: 503, type: "text/plain", body };
}

/** Assumed; https://cloud.google.com/run/docs/troubleshooting#malformed-response-or-connection-error names the cause. */
export function malformed(): Answer {
  const body = "upstream connect error or disconnect/reset before headers. reset reason: protocol error";
  return { code: 502, type: "text/plain", body };
}

/** Seen: the code in https://cloud.google.com/run/docs/configuring/request-timeout. Assumed: the text. */
export function timedOut(): Answer {
  return { code: 504, type: "text/plain", body: "upstream request timeout" };
}

/** Says that the sandbox, and not Google, cannot do something. */
export function notPlayed(what: string): Answer {
  return { code: 501, type: "text/plain", body: `the sandbox does not play ${what}\n` };
}

export function headersOf({ type, body, headers }: Answer): Record<string, string | readonly string[]> {
  return {
    "Content-Type": type,
    "Content-Length": String(Buffer.byteLength(body)),
    Server: "Google Frontend",
    ...headers,
  };
}

/** Node leaves the body out where HEAD was asked. */
export function send(response: ServerResponse, answer: Answer): void {
  // Whoever tried to answer before may have left a phrase behind.
  response.writeHead(answer.code, STATUS_CODES[answer.code], headersOf(answer) as OutgoingHttpHeaders);
  response.end(answer.body);
}

function page(code: number, title: string, heading: string, sentence: string): Answer {
  const body = `
<html><head>
<meta http-equiv="content-type" content="text/html;charset=utf-8">
<title>${title}</title>
</head>
<body text=#000000 bgcolor=#ffffff>
<h1>${heading}</h1>
<h2>${sentence}</h2>
<h2></h2>
</body></html>
`;
  return { code, type: "text/html; charset=UTF-8", body };
}

function escaped(path: string): string {
  return path.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
