import * as assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { headersForClient, headersForContainer } from "../../../sandbox/data-plane/front-end/headers";

const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A message with these headers, several lines of one name included. */
function message(lines: readonly (readonly [string, string])[], method = "GET"): IncomingMessage {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    if (key === "set-cookie") headers[key] = [...[headers[key] ?? []].flat(), value];
    else headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  return { method, headers, rawHeaders: lines.flat() } as unknown as IncomingMessage;
}

const pairs = (raw: readonly string[]) => raw.flatMap((name, i) => (i % 2 === 0 ? [[name, raw[i + 1]!] as const] : []));

/** Without those that every request gets. */
function forContainer(
  lines: [string, string][],
  more: Parameters<typeof headersForContainer>[1] | object = {},
  method?: string,
) {
  const sent = { host: "order.run.app", clientAddress: "203.0.113.10", ...more };
  return pairs(headersForContainer(message(lines, method), sent)).filter(
    ([name]) => !/^(host|forwarded|x-forwarded-.*|traceparent|x-cloud-trace-context)$/i.test(name),
  );
}

describe("what a container gets of a request's headers", () => {
  it("is the host, whence it came and its trace, in the place of what the client says of them", () => {
    const forged: [string, string][] = [
      ["Host", "evil.example"],
      ["Forwarded", "for=198.51.100.9"],
      ["X-Forwarded-For", "198.51.100.9"],
      ["X-Forwarded-Proto", "http"],
      ["X-Cloud-Trace-Context", `${TRACE}/1;o=0`],
      ["traceparent", `00-${TRACE}-b7ad6b7169203331-01`],
    ];
    const sent = { host: "order.run.app", clientAddress: "203.0.113.10" };
    const got = pairs(headersForContainer(message(forged), sent));
    const span = /^00-0af7651916cd43dd8448eb211c80319c-([0-9a-f]{16})-01$/.exec(got[4]![1])?.[1];
    assert.deepEqual(got, [
      ["Host", "order.run.app"],
      ["X-Forwarded-For", "198.51.100.9,203.0.113.10"],
      ["X-Forwarded-Proto", "https"],
      ["Forwarded", 'for="203.0.113.10";proto=https'],
      ["traceparent", `00-${TRACE}-${span}-01`],
      ["X-Cloud-Trace-Context", `${TRACE}/${BigInt(`0x${span}`)};o=1`],
    ]);
  });

  for (const name of [
    ...["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Upgrade"],
    ...["TE", "Expect"],
  ]) {
    it(`leaves out ${name}`, () => assert.deepEqual(forContainer([[name, "x"]]), []));
  }

  it("leaves out what Connection names, and says that the client takes trailers where it does", () => {
    const lines: [string, string][] = [
      ["Connection", "close , X-One,x-two"],
      ["x-one", "1"],
      ["X-Two", "2"],
      ["X-Three", "3"],
      ["te", "gzip, Trailers"],
    ];
    assert.deepEqual(forContainer(lines), [
      ["X-Three", "3"],
      ["TE", "trailers"],
    ]);
  });

  it("keeps the length that Connection names, and trailers are announced in chunks alone", () => {
    const length: [string, string] = ["Content-Length", "5"];
    assert.deepEqual(forContainer([["Connection", "Content-Length"], length]), [length]);
    assert.deepEqual(forContainer([["Trailer", "X-Sum"], length]), [length]);
    const chunked: [string, string][] = [
      ["Trailer", "X-Sum"],
      ["Transfer-Encoding", "chunked"],
    ];
    assert.deepEqual(forContainer(chunked), chunked);
  });

  it("is a length of nothing where the method has a body and there is none", () => {
    for (const method of ["POST", "PUT", "PATCH"])
      assert.deepEqual(forContainer([], {}, method), [["Content-Length", "0"]]);
    for (const method of ["GET", "HEAD", "OPTIONS", "DELETE", "TRACE"])
      assert.deepEqual(forContainer([], {}, method), []);
    assert.deepEqual(forContainer([["Content-Length", "5"]], {}, "POST"), [["Content-Length", "5"]]);
    assert.deepEqual(forContainer([["transfer-encoding", "chunked"]], {}, "POST"), [["Transfer-Encoding", "chunked"]]);
  });

  it("is a token without its signature in the header that was checked, and the other as it came", () => {
    const lines: [string, string][] = [
      ["X-Serverless-Authorization", "Bearer a.b.c"],
      ["Authorization", "Bearer d.e.f"],
    ];
    const got = (tokenHeader?: string) => Object.fromEntries(forContainer(lines, { tokenHeader }));
    assert.deepEqual(got("x-serverless-authorization"), {
      authorization: "Bearer d.e.f",
      "x-serverless-authorization": "Bearer a.b.SIGNATURE_REMOVED_BY_GOOGLE",
    });
    assert.deepEqual(got(), { authorization: "Bearer d.e.f", "x-serverless-authorization": "Bearer a.b.c" });
  });

  it("is what Identity-Aware Proxy says of the person, and nothing that a client says in its name", () => {
    const lines: [string, string][] = [
      ["X-Goog-IAP-JWT-Assertion", "forged"],
      ["X-Goog-Authenticated-User-Email", "forged"],
      ["X-Goog-Authenticated-User-Id", "forged"],
      ["X-Serverless-Authorization", "Bearer forged"],
      ["Authorization", "Bearer of.the.application"],
    ];
    const iapHeaders = ["x-goog-iap-jwt-assertion", "signed"];
    assert.deepEqual(forContainer(lines, { iapHeaders }), [
      ["x-goog-iap-jwt-assertion", "signed"],
      ["authorization", "Bearer of.the.application"],
    ]);
    assert.equal(forContainer(lines).length, 5, "Cloud Run itself does not know those headers");
  });
});

describe("what a client gets of an answer's headers", () => {
  it("is all but what is between two neighbours, and who answers", () => {
    const gone = ["Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Transfer-Encoding", "Upgrade"];
    const lines = [...gone, "Server"].map((name) => [name, "x"] as const);
    assert.deepEqual(pairs(headersForClient(message(lines))), [["Server", "Google Frontend"]]);
    assert.deepEqual(
      pairs(
        headersForClient(
          message([
            ["Connection", "X-Hop"],
            ["x-hop", "1"],
            ["X-Kept", "2"],
            ["X-Kept", "3"],
            ["Cache-Control", "max-age=60"],
          ]),
        ),
      ),
      [
        ["X-Kept", "2"],
        ["X-Kept", "3"],
        ["Cache-Control", "max-age=60"],
        ["Server", "Google Frontend"],
      ],
    );
  });

  it("is no answer for a cache where it sets a cookie", () => {
    assert.deepEqual(
      pairs(
        headersForClient(
          message([
            ["Set-Cookie", "a=1"],
            ["Cache-Control", "public"],
          ]),
        ),
      ),
      [
        ["Set-Cookie", "a=1"],
        ["Cache-Control", "private"],
        ["Server", "Google Frontend"],
      ],
    );
  });
});
