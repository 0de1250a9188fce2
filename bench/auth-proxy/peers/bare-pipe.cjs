// The limit: node:http in, undici out, one header added, nothing else looked at.
const http = require("node:http");
const { Pool } = require("undici");
const pool = new Pool(process.env.BACKEND_URL);
const server = http.createServer((incoming, response) => {
  const { connection, "transfer-encoding": coding, ...headers } = incoming.headers;
  headers["x-serverless-authorization"] = process.env.TOKEN;
  const body = coding || headers["content-length"] > 0 ? incoming : null;
  pool.request({ path: incoming.url, method: incoming.method, headers, body }).then(
    (answer) => {
      delete answer.headers.connection;
      delete answer.headers["keep-alive"];
      delete answer.headers["transfer-encoding"];
      response.writeHead(answer.statusCode, answer.headers);
      answer.body.pipe(response);
    },
    () => response.destroy(),
  );
});
server.listen(Number(process.env.PORT), "127.0.0.1");
