// The backend and the metadata server that every contender is measured with, in a process of its own.
const http = require("node:http");
const json = Buffer.from(
  JSON.stringify({ items: Array.from({ length: 10 }, (_, id) => ({ id, name: `item number ${id}`, price: id * 3 })) }),
);
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const CHUNK = Buffer.alloc(65_536);

function stream(response, bytes) {
  response.writeHead(200, { "content-length": bytes });
  let left = bytes;
  const more = () => {
    while (left > 0) {
      left -= CHUNK.length;
      if (!response.write(CHUNK)) return response.once("drain", more);
    }
    response.end();
  };
  more();
}

const backend = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.url === "/events") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(":\n\n");
  } else if (request.url.startsWith("/bytes/")) stream(response, Number(request.url.slice(7)));
  else if (request.method === "POST") {
    let bytes = 0;
    request.on("data", (chunk) => {
      bytes += chunk.length;
    });
    request.on("end", () => response.end(String(bytes)));
  } else {
    response.writeHead(200, { "content-type": "application/json", "content-length": json.length });
    response.end(json);
  }
});
const metadata = http.createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  response.setHeader("metadata-flavor", "Google");
  const aud = new URL(request.url, "http://m").searchParams.get("audience");
  if (!aud) return response.end("bench");
  const claims = { aud, exp: Math.floor(Date.now() / 1000) + 3600, pad: "x".repeat(400) };
  response.end(`${part({ alg: "RS256" })}.${part(claims)}.${"s".repeat(342)}`);
});
backend.listen({ port: 0, host: "127.0.0.1", backlog: 8192 }, () =>
  metadata.listen(0, "127.0.0.1", () =>
    process.send({ backend: backend.address().port, metadata: metadata.address().port }),
  ),
);
process.on("disconnect", () => process.exit(0));
