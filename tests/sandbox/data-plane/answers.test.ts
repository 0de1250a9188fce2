import * as assert from "node:assert/strict";
import {
  type Answer,
  answerTooLarge,
  calleeDied,
  forbidden,
  headersOf,
  malformed,
  notFound,
  notPlayed,
  timedOut,
  tooLarge,
  unauthorized,
  unavailable,
} from "../../../sandbox/data-plane/front-end/answers";

const page = (title: string, heading: string, sentence: string) => `
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
const upstream = "upstream connect error or disconnect/reset before headers. reset reason:";

describe("Cloud Run's own answer", () => {
  for (const [what, make, code, body] of [
    [
      "to a request without a token, or of nobody who may invoke",
      () => forbidden("/a?b"),
      403,
      page(
        "403 Forbidden",
        "Error: Forbidden",
        "Your client does not have permission to get URL <code>/a?b</code> from this server.",
      ),
    ],
    [
      "to a token that it refuses",
      () => unauthorized("/a"),
      401,
      page(
        "401 Unauthorized",
        "Error: Unauthorized",
        "Your client does not have permission to the requested URL <code>/a</code>.",
      ),
    ],
    [
      "where nothing is",
      () => notFound(),
      404,
      page("404 Page not found", "Error: Page not found", "The requested URL was not found on this server."),
    ],
    [
      "to a request over the limit",
      () => tooLarge(),
      413,
      page(
        "413 Request Entity Too Large",
        "Error: Request Entity Too Large",
        "Your client issued a request that was too large.",
      ),
    ],
    [
      "in the place of an answer over the limit",
      () => answerTooLarge(),
      500,
      page(
        "500 Server Error",
        "Error: Server Error",
        "The server encountered an error and could not complete your request.<p>Please try again in 30 seconds.",
      ),
    ],
    [
      "where no instance is",
      () => unavailable(),
      503,
      page("503 Service Unavailable", "Error: Server Error", "The service you requested is not available yet."),
    ],
    ["for a container that died", () => calleeDied(), 503, `${upstream} connection termination`],
    ["for a container that does not speak HTTP", () => malformed(), 502, `${upstream} protocol error`],
    ["for a container that takes too long", () => timedOut(), 504, "upstream request timeout"],
    ["of the sandbox", () => notPlayed("Pub/Sub"), 501, "the sandbox does not play Pub/Sub\n"],
  ] as readonly [string, () => Answer, number, string][]) {
    it(`${what} is ${code}, in the words that Google has for it`, () => {
      const answer = make();
      assert.equal(answer.code, code);
      assert.equal(answer.body, body);
      const headers = headersOf(answer);
      assert.equal(headers["Content-Type"], body.startsWith("\n<html>") ? "text/html; charset=UTF-8" : "text/plain");
      assert.equal(headers["Content-Length"], String(Buffer.byteLength(body)));
      assert.equal(headers["Server"], "Google Frontend");
    });
  }

  it("says of a token why it is refused, in the header that clients read", () => {
    assert.equal(
      headersOf(unauthorized("/"))["WWW-Authenticate"],
      'Bearer error="invalid_token" error_description="The access token could not be verified"',
    );
    assert.equal(headersOf(forbidden("/"))["WWW-Authenticate"], undefined);
  });

  it("shows a path as text, whatever it holds", () => {
    const shown = /<code>(.*)<\/code>/.exec(forbidden(`/<a href="x">&'`).body)?.[1];
    assert.equal(shown, "/&#60;a href=&#34;x&#34;&#62;&#38;&#39;");
  });
});
