/**
 * `node -r ./tools/typescript.cjs tools/google-apis/main.ts FOLDER`: writes what the control plane and the tests know of
 * Google's messages. The folder holds the discovery documents as PyPI's google-api-python-client ships them:
 * `googleapiclient/discovery_cache/documents`.
 */
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { replaceFile } from "../replace-file";
import { type DiscoveryDocument, extract } from "./extract";

const FILE = path.join(__dirname, "../../sandbox/control-plane/api/messages.json");

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error("error: say which folder holds the discovery documents: googleapiclient/discovery_cache/documents");
  process.exitCode = 2;
} else {
  const made = extract(
    (api) => JSON.parse(readFileSync(path.join(folder, `${api}.json`), "utf8")) as DiscoveryDocument,
  );
  replaceFile(FILE, `${JSON.stringify(made, undefined, 2)}\n`);
  console.log(`${path.relative(process.cwd(), FILE)}: ${Object.keys(made.messages).length} messages`);
}
