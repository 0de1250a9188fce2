// @fastify/http-proxy as its README has it, with the token added to each request.
const fastify = require("fastify")();
fastify.register(require("@fastify/http-proxy"), {
  upstream: process.env.BACKEND_URL,
  replyOptions: {
    rewriteRequestHeaders: (_, headers) => ({ ...headers, "x-serverless-authorization": process.env.TOKEN }),
  },
});
fastify.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
