import { createHash } from "node:crypto";

/** What Google would draw at random is derived here from the resource, so that every run gives the same. */
function digest(seed: string): Buffer {
  return createHash("sha256").update(seed).digest();
}

export function stableDigits(seed: string, length: number): string {
  const text = BigInt(`0x${digest(seed).toString("hex")}`).toString();
  return text.slice(0, length).padEnd(length, "0");
}

export function stableLetters(seed: string, length: number): string {
  const alphabet = "abcdefghijkmnopqrstuvwxyz";
  return [...digest(seed).subarray(0, length)].map((byte) => alphabet[byte % alphabet.length]).join("");
}

export function stableUuid(seed: string): string {
  const hex = digest(seed).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function stableHex(seed: string, length: number): string {
  return digest(seed).toString("hex").slice(0, length);
}

export function stableEtag(seed: string): string {
  return `"${digest(seed).toString("base64url").slice(0, 22)}/${digest(seed).toString("base64url").slice(22, 33)}"`;
}

/** The last part of a resource name or URL. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}

/** A resource name without the API's address: links and names mean the same. */
export function withoutHost(name: string): string {
  return name.replace(/^(https?:)?\/\/[^/]+\/(compute\/)?(v1|v2|beta|alpha)?\/?/, "");
}
