// http-proxy-3 as its README has it, with the token added to each request.
const http = require("node:http");
import("http-proxy-3").then(({ createProxyServer }) => {
  const agent = new http.Agent({ keepAlive: true });
  const headers = { "x-serverless-authorization": process.env.TOKEN };
  const proxy = createProxyServer({ target: process.env.BACKEND_URL, agent, headers });
  proxy.on("error", (_, __, response) => response.destroy());
  http.createServer((request, response) => proxy.web(request, response)).listen(Number(process.env.PORT), "127.0.0.1");
});
