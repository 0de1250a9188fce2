"use strict";
/** For servers that cannot be told where to listen: they listen where the sandbox asks every service to. */
const { Server } = require("node:net");

const { listen } = Server.prototype;
Server.prototype.listen = function (port, ...rest) {
  return listen.call(this, port, process.env.BIND_ADDRESS, ...rest);
};
