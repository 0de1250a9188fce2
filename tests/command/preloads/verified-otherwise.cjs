// Loaded before a command: what comes of its probes is changed as the environment says, so that a proof that does not hold
// is at hand. `unsent`: the last probe was not sent; `grant`: somebody is let in undeclared.
const Module = require("node:module");
const path = require("node:path");

const SANDBOX = path.join(__dirname, "../../../verify/sandbox.ts");
const change = process.env.VERIFIED_OTHERWISE;

const changed = (results) =>
  results.map((result, i) =>
    i === results.length - 1 && change === "unsent" ? { ...result, outcome: "not probed" } : result,
  );
const finding = { outcome: "undeclared", on: 'service "api"', member: "allUsers", message: "anybody may call it" };

const load = Module._load;
Module._load = function (request, parent, ...rest) {
  const loaded = load.call(this, request, parent, ...rest);
  if (!request.startsWith(".") || Module._resolveFilename(request, parent) !== SANDBOX) return loaded;
  return {
    ...loaded,
    verifyRunning: async (...args) => changed(await loaded.verifyRunning(...args)),
    verifyInSandbox: async (...args) => {
      const { results, grants } = await loaded.verifyInSandbox(...args);
      const findings = change === "grant" ? [...grants.findings, finding] : grants.findings;
      return { results: changed(results), grants: { ...grants, findings } };
    },
  };
};
