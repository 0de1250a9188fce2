/** Go modules as Go keeps them in `cache/download` of its module cache, which is how its proxies serve them. */
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { crc32 } from "node:zlib";

/** A module of one version in a folder with the form of `cache/download`. Answers the lines of go.sum for it. */
export function keepModule(folder: string, module: string, version: string, files: Record<string, string>): string {
  const place = path.join(folder, module, "@v");
  mkdirSync(place, { recursive: true });
  const goMod = files["go.mod"] ?? "";
  const entries = Object.entries(files).map(([name, text]) => [`${module}@${version}/${name}`, text] as const);
  writeFileSync(path.join(place, `${version}.info`), JSON.stringify({ Version: version }));
  writeFileSync(path.join(place, `${version}.mod`), goMod);
  writeFileSync(path.join(place, `${version}.zip`), zip(entries));
  return `${module} ${version} ${hash(entries)}\n${module} ${version}/go.mod ${hash([["go.mod", goMod]])}\n`;
}

/** Source: https://go.dev/ref/mod#go-sum-files, the hash "h1" of a directory. */
function hash(entries: readonly (readonly [string, string])[]): string {
  const lines = entries.map(([name, text]) => `${createHash("sha256").update(text).digest("hex")}  ${name}\n`);
  return `h1:${createHash("sha256").update(lines.sort(byName).join("")).digest("base64")}`;
}

function byName(one: string, other: string): number {
  return one.slice(66) < other.slice(66) ? -1 : 1;
}

/** A zip archive that is not compressed. Source: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 */
function zip(entries: readonly (readonly [string, string])[]): Buffer {
  const [bodies, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, text] of entries) {
    const [title, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(title.length, 22);
    const body = Buffer.concat([Buffer.from("PK\x03\x04"), common, title, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, rest, title]));
    bodies.push(body);
    offset += body.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, listed, Buffer.from("PK\x05\x06"), end]);
}
