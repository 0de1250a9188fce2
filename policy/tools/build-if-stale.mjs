// Compiles the pack when dist/ is missing or was made from other sources; does nothing where the sources are not
// shipped. Compared by content, because checkouts and installs change times.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const pack = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(pack, "dist", ".sources");

if (existsSync(path.join(pack, "src"))) {
  const sources = digest();
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== sources) {
    rmSync(path.join(pack, "dist"), { recursive: true, force: true });
    const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: pack, stdio: "inherit" });
    writeFileSync(stamp, sources);
  }
}

function digest() {
  const hash = createHash("sha256");
  const files = readdirSync(path.join(pack, "src"), { recursive: true })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".examples.ts"))
    .map((file) => path.join("src", file));
  for (const file of [...files, "tsconfig.build.json"].sort()) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(pack, file)))
      .update("\0");
  }
  return hash.digest("hex");
}
