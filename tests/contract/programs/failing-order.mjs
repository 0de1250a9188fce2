// An order service that ends when it is asked for its orders, and answers everything else with an error of its own.
import { createServer } from "node:http";

const error = JSON.stringify({ error: { code: "internal", message: "internal error" } });

createServer((request, response) => {
  if (request.url === "/orders") process.exit(1);
  response.writeHead(500, { "Content-Type": "application/json" }).end(error);
}).listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
