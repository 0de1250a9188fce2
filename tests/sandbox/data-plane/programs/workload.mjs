// A service for tests: answers with what it was asked, and does what the path says.
import { createServer, get } from "node:http";

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(`http://workload${request.url}`);
  const handler = handlers[pathname] ?? echo;
  handler(request, response, searchParams);
});

function echo(request, response) {
  let body = "";
  request.setEncoding("utf8").on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const { method, url, headers, rawHeaders, trailers } = request;
    const text = JSON.stringify({
      service: process.env.K_SERVICE,
      pid: process.pid,
      method,
      url,
      headers,
      rawHeaders,
      trailers,
      body,
    });
    response.writeHead(200, { "Content-Type": "application/json" }).end(text);
  });
}

const handlers = {
  "/env": (_, response) => response.end(JSON.stringify(process.env)),
  "/token": (_, response, query) => {
    const path = `/computeMetadata/v1/instance/service-accounts/default/identity?audience=${encodeURIComponent(query.get("audience"))}`;
    const [host, port] = process.env.GCE_METADATA_HOST.split(":");
    get({ host, port, path, headers: { "Metadata-Flavor": "Google" } }, (answer) => answer.pipe(response));
  },
  "/slow": (_, response, query) => {
    slow += 1;
    setTimeout(() => response.end("late"), Number(query.get("ms")));
  },
  "/die": () => process.exit(1),
  "/die-midway": (_, response) => {
    response.writeHead(200);
    response.write("the first half", () => setTimeout(() => process.exit(1), 20));
  },
  "/garbage": (request) => request.socket.end("this is no HTTP\r\n\r\n"),
  "/raw": (request, _, query) => request.socket.end(Buffer.from(query.get("answer"), "latin1")),
  "/announced": (_, response, query) => {
    const count = Number(query.get("count"));
    response.writeHead(200, { "Content-Length": count }).end(Buffer.alloc(count));
  },
  "/bytes": (_, response, query) => {
    let left = Number(query.get("count"));
    const chunk = Buffer.alloc(65536, "x");
    const more = () => {
      while (left > 0) {
        left -= chunk.length;
        sent += chunk.length;
        if (!response.write(chunk)) return response.once("drain", more);
      }
      response.end();
    };
    more();
  },
  "/seen": (_, response) => response.end(JSON.stringify({ sent, left, joined, slow, held: held.length })),
  // What follows waits for this.
  "/release": (_, response) => {
    for (const go of held.splice(0)) go();
    response.end("released");
  },
  "/hold": (request, response) => {
    response.on("close", () => {
      if (!response.writableFinished) left += 1;
    });
    held.push(() => {
      let bytes = 0;
      request.on("data", (chunk) => {
        bytes += chunk.length;
      });
      request.on("end", () => response.end(String(bytes)));
    });
  },
  "/events": (_, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write("data: one\n\n");
    held.push(() => response.end("data: two\n\n"));
  },
  "/refuse": (_, response) => response.writeHead(418).end("the container's own words"),
  "/early": (_, response) => response.end("before the end"),
  "/count": (request, response) => {
    let bytes = 0;
    request.on("data", (chunk) => {
      bytes += chunk.length;
    });
    request.on("end", () => response.end(String(bytes)));
  },
  "/trailers": (_, response) => {
    response.writeHead(200, { Trailer: "X-Sum" });
    response.write("body");
    response.addTrailers({ "X-Sum": "42" });
    response.end();
  },
  "/cookie": (_, response) => {
    response.writeHead(200, {
      "Set-Cookie": ["a=1", "b=2"],
      "Cache-Control": "public",
      "X-Hop": "1",
      Connection: "X-Hop",
    });
    response.end("cookies");
  },
};
let sent = 0;
let left = 0;
let joined = 0;
let slow = 0;
const held = [];

server.on("upgrade", (request, socket) => {
  if (request.url === "/no-upgrade") return socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno");
  joined += 1;
  socket.on("error", () => {}).on("end", () => socket.end());
  socket.on("close", () => (left += 1));
  if (request.url === "/silent") return socket.resume();
  socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
  socket.write(`hello ${request.headers.authorization?.endsWith(".SIGNATURE_REMOVED_BY_GOOGLE")} `);
  socket.on("data", (data) => socket.write(data));
});

process.on("SIGUSR2", () => {
  for (const go of held.splice(0)) go();
});
process.on("SIGTERM", () => {
  if (process.env.IGNORE_SIGTERM) return;
  if (process.env.EXIT_ON_SIGTERM) process.exit(0);
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
console.log(`starting ${process.pid}`);
server.listen(Number(process.env.PORT), "127.0.0.1");
