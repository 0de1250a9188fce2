import { createHash } from "node:crypto";
import { GoogleError } from "../errors";
import type { Handler } from "../handler";
import { textAt } from "../properties";
import { stableDigits, stableEtag } from "../rules/identifiers";

export const BUCKET = "gcp:storage/bucket:Bucket";
export const BUCKET_OBJECT = "gcp:storage/bucketObject:BucketObject";

/** Source: https://cloud.google.com/storage/docs/buckets#naming */
const NAME = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;

/** A bucket. Nobody else's names are known here. */
export const bucket: Handler = {
  kind: "Bucket",
  naming: { property: "name", maxLength: 63 },
  defaults: () => ({ storageClass: "STANDARD", forceDestroy: false }),
  identify: (inputs) => String(inputs["name"]),
  duplicate: () => "Your previous request to create the named bucket succeeded and you already own it., conflict",
  admit({ id }) {
    if (!NAME.test(id)) throw new GoogleError(400, `Invalid bucket name: '${id}', invalid`);
  },
  compute: ({ id }) => ({ selfLink: `https://www.googleapis.com/storage/v1/b/${id}`, url: `gs://${id}` }),
  mayDelete({ id, state }, world) {
    if (state["forceDestroy"] === true) return;
    for (const object of world.all(BUCKET_OBJECT)) {
      if (object.state["bucket"] === id)
        throw new GoogleError(409, "The bucket you tried to delete is not empty., conflict");
    }
  },
  cascade({ id }, world) {
    const objects = [...world.all(BUCKET_OBJECT)].filter(({ state }) => state["bucket"] === id);
    return [...objects, ...world.grants.on(`b/${id}`)].map((one) => ({ drop: { type: one.type, id: one.id } }));
  },
};

/** An object in a bucket; what is in it counts by its hash alone. */
export const bucketObject: Handler = {
  kind: "BucketObject",
  naming: { property: "name", maxLength: 1024 },
  defaults: () => ({ storageClass: "STANDARD" }),
  replaces: (before, after) => ["bucket", "name"].filter((key) => before[key] !== after[key]),
  identify: (inputs) => `${String(inputs["bucket"])}-${String(inputs["name"])}`,
  admit({ inputs }, world) {
    const name = String(inputs["bucket"]);
    world.need(
      BUCKET,
      { name, ...(textAt(world.scope, "project") && { project: String(world.scope.project) }) },
      () => {
        return new GoogleError(404, "The specified bucket does not exist., notFound");
      },
    );
  },
  compute({ id, inputs, incarnation }) {
    const content = JSON.stringify(inputs["source"] ?? inputs["content"] ?? "");
    const name = String(inputs["name"]);
    const self = `https://www.googleapis.com/storage/v1/b/${String(inputs["bucket"])}/o/${encodeURIComponent(name)}`;
    return {
      outputName: name,
      selfLink: self,
      mediaLink: `${self}?alt=media`,
      md5hash: createHash("md5").update(content).digest("base64"),
      crc32c: stableEtag(content).slice(1, 7),
      generation: Number(stableDigits(`${id} ${incarnation}`, 12)),
    };
  },
};
