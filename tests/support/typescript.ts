import * as path from "node:path";

/** Options with which node runs a file of this repository, as the scripts of package.json do. */
export const TYPESCRIPT: readonly string[] = ["-r", path.join(__dirname, "../../tools/typescript.cjs")];
