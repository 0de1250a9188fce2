// What Pulumi starts: index.ts with its types stripped.
require("../../tools/typescript.cjs");
module.exports = require("./index.ts");
