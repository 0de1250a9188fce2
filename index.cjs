// What Pulumi starts: index.ts with its types stripped, which takes a tenth of the time that compiling it takes.
require("./tools/typescript.cjs");
module.exports = require("./index.ts");
