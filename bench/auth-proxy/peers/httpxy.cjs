// httpxy as its README has it, with the token added to each request.
const http = require("node:http");
import("httpxy").then(({ createProxyServer }) => {
  const agent = new http.Agent({ keepAlive: true });
  const headers = { "x-serverless-authorization": process.env.TOKEN };
  const proxy = createProxyServer({ target: process.env.BACKEND_URL, agent, headers });
  const server = http.createServer((request, response) => {
    proxy.web(request, response).catch(() => response.destroy());
  });
  server.listen(Number(process.env.PORT), "127.0.0.1");
});
