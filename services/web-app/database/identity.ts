import { createHmac } from "node:crypto";
import type { Viewer } from "./sql";

/** For how long a signed statement counts. A request has its answer long before; PostgreSQL's clock may differ a little. */
const LIFE_MS = 120_000;

const BLOCK_BYTES = 64;

/**
 * The value of the setting `web.identity`, which the database believes by its signature alone: the hexadecimal
 * HMAC-SHA-256, then what it is of, as JSON.
 */
export function signed(viewer: Viewer, key: Buffer, nowMs: number): string {
  const { principal, name, groups } = viewer;
  // PostgreSQL takes no U+0000 in any text, and half a surrogate pair has no UTF-8.
  const clean = Buffer.from(name, "utf8").toString("utf8").replaceAll("\0", "");
  const payload = JSON.stringify({ principal, name: clean, groups, expiresMs: nowMs + LIFE_MS });
  return createHmac("sha256", key).update(payload, "utf8").digest("hex") + payload;
}

/** The key as `web.identity_key` holds it: both paddings of RFC 2104, section 2. */
export function padded(key: Buffer): { readonly inner: Buffer; readonly outer: Buffer } {
  const block = Buffer.alloc(BLOCK_BYTES);
  if (key.length > BLOCK_BYTES) throw new RangeError(`a key of more than ${BLOCK_BYTES} bytes`);
  key.copy(block);
  return { inner: block.map((byte) => byte ^ 0x36) as Buffer, outer: block.map((byte) => byte ^ 0x5c) as Buffer };
}
