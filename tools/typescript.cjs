// Lets node run the TypeScript of this repository: node -r ./tools/typescript.cjs FILE. Types are checked elsewhere, by
// `npm run check`; to check or even to parse them again at each start would take longer than most commands. Stack traces
// name lines of the TypeScript under `node --enable-source-maps`, as the tests run: Pulumi takes a trace of each promise,
// and to map those takes a fifth of a large preview.
const { readFileSync } = require("node:fs");
const { transformSync } = require("esbuild");

/** What a module's text becomes. */
function compile(text, file) {
  return transformSync(text, {
    loader: "ts",
    format: "cjs",
    target: "node20",
    sourcefile: file,
    sourcemap: "inline",
    // A stack trace needs lines, not the text once more.
    sourcesContent: false,
  }).code;
}

require.extensions[".ts"] = (module, file) => module._compile(compile(readFileSync(file, "utf8"), file), file);

/** What a service takes as text: its SQL, and what it sends to browsers. */
const TEXTS = Object.keys(require("../services/runtime/tools/texts.json"));
for (const extension of TEXTS) {
  require.extensions[extension] = (module, file) => {
    module.exports = readFileSync(file, "utf8");
  };
}

module.exports = { compile };
