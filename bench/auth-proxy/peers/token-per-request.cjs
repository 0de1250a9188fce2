// The way that is often shown first: fetch a token for every request, read the answer whole, then send it.
const http = require("node:http");
const { Pool, request } = require("undici");
const pool = new Pool(process.env.BACKEND_URL);
const identity = `http://${process.env.GCE_METADATA_HOST}/computeMetadata/v1/instance/service-accounts/default/identity`;
const url = `${identity}?audience=${encodeURIComponent(process.env.BACKEND_URL)}&format=full`;
const server = http.createServer(async (incoming, response) => {
  try {
    const minted = await request(url, { headers: { "metadata-flavor": "Google" } });
    const authorization = `Bearer ${await minted.body.text()}`;
    const answer = await pool.request({ path: incoming.url, method: incoming.method, headers: { authorization } });
    const body = Buffer.from(await answer.body.arrayBuffer());
    response.writeHead(answer.statusCode, { "content-type": answer.headers["content-type"] }).end(body);
  } catch {
    response.destroy();
  }
});
server.listen(Number(process.env.PORT), "127.0.0.1");
