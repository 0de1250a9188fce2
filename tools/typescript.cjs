// Lets node run the TypeScript of this repository: node -r ./tools/typescript.cjs FILE. Types are checked elsewhere, by
// `npm run check`; to check or even to parse them again at each start would take longer than most commands.
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

process.setSourceMapsEnabled(true);
require.extensions[".ts"] = (module, file) => module._compile(compile(readFileSync(file, "utf8"), file), file);

module.exports = { compile };
