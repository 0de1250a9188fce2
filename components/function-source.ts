/** The code of a function as Cloud Storage holds it: one object, whose name changes with what is in it. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import * as storage from "@pulumi/gcp/storage";
import * as pulumi from "@pulumi/pulumi";

/**
 * What no build needs, as gcloud leaves it out, and what is a secret more often than not. Other files with a dot are part
 * of the code: `.npmrc` names a registry. Source: https://cloud.google.com/sdk/gcloud/reference/topic/gcloudignore
 */
const LEFT_OUT = /^(node_modules|\.git|\.gitignore|\.gcloudignore|\.env(\..*)?|\.DS_Store)$/;

/**
 * Uploads a folder. A new name makes a new build; the old object goes once nothing refers to it.
 *
 * @param folder relative to where the program runs, as Pulumi's own assets are
 */
export function uploadSource(
  name: string,
  folder: string,
  bucket: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): storage.BucketObject {
  const files = existsSync(folder) ? filesIn(folder) : [];
  if (files.length === 0)
    throw new pulumi.RunError(`"${name}": there is no code in "${folder}"; name the folder that has it`);
  const hash = createHash("sha256");
  for (const file of files)
    hash
      .update(`${file}\0`)
      .update(readFileSync(path.join(folder, file)))
      .update("\0");
  const assets = files.map((file) => [file, new pulumi.asset.FileAsset(path.resolve(folder, file))] as const);
  return new storage.BucketObject(
    name,
    {
      bucket,
      name: `${name}-${hash.digest("hex").slice(0, 16)}.zip`,
      source: new pulumi.asset.AssetArchive(Object.fromEntries(assets)),
    },
    opts,
  );
}

/** Every file below a folder, sorted, with slashes on every machine. */
function filesIn(folder: string, below = ""): string[] {
  const entries = readdirSync(path.join(folder, below), { withFileTypes: true });
  return entries
    .filter(({ name }) => !LEFT_OUT.test(name))
    .flatMap((entry) => {
      const file = path.posix.join(below, entry.name);
      return entry.isDirectory() ? filesIn(folder, file) : [file];
    })
    .sort();
}
