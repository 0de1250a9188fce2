"use strict";
/**
 * node -r, for versions that do not know NODE_USE_ENV_PROXY: fetch, http and https go through the proxy that the
 * environment names. Whoever brings a dispatcher or an agent of their own is left alone.
 */
const http = require("node:http");
const https = require("node:https");

const { HTTPS_PROXY: proxy, NO_PROXY: direct = "", NODE_USE_ENV_PROXY: wanted } = process.env;

const plain = { Agent: http.Agent, request: http.request };

/** A tunnel for each connection: to port 80, too. */
function tunnelled(Base, defaultPort) {
  const { hostname, port } = new URL(proxy);
  return class extends Base {
    createConnection(options, callback) {
      const { host = "localhost", port: target = defaultPort } = options;
      if (options.socketPath || direct.split(",").includes(host)) return super.createConnection(options, callback);
      const path = `${host}:${target}`;
      const request = plain.request({ host: hostname, port, method: "CONNECT", path, agent: new plain.Agent() });
      request.once("error", callback).once("connect", ({ statusCode }, socket) => {
        if (statusCode === 200)
          callback(null, Base === plain.Agent ? socket : super.createConnection({ ...options, socket }));
        else callback(new Error(`${path}: the proxy answers ${statusCode}`), socket.destroy());
      });
      request.end();
    }
  };
}

/** What fetch asks for connections. Its library is loaded when it is used, by programs that fetch alone. */
function dispatcher() {
  let loaded;
  const load = () => (loaded ??= new (require("undici").EnvHttpProxyAgent)());
  const get = (_, name) => {
    const value = load()[name];
    return typeof value === "function" ? value.bind(load()) : value;
  };
  return new Proxy({}, { get });
}

if (wanted === "1" && proxy && !process.allowedNodeEnvironmentFlags.has("--use-env-proxy")) {
  http.globalAgent = new (tunnelled(http.Agent, 80))({ keepAlive: true, timeout: 5000 });
  https.globalAgent = new (tunnelled(https.Agent, 443))({ keepAlive: true, timeout: 5000 });
  // Source: lib/global.js of undici, which Node's own fetch is made of.
  globalThis[Symbol.for("undici.globalDispatcher.1")] = dispatcher();
}
