import { join } from "node:path";

/** The program, which has an install of its own: nothing else of the repository needs its packages. */
export const STRYKER = join(__dirname, "node_modules/@stryker-mutator/core/bin/stryker.js");

export const INSTALL = "npm ci --prefix tests/mutation/stryker";
