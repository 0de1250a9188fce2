/**
 * Paths of the values below one that Pulumi has encrypted: `{ secure: CIPHERTEXT }`.
 *
 * @param at path of the value itself
 */
export function encryptedIn(value: unknown, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => encryptedIn(item, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const entries = Object.entries(value);
  if (entries.length === 1 && typeof (value as { secure?: unknown }).secure === "string") return [at];
  return entries.flatMap(([key, item]) => encryptedIn(item, `${at}.${key}`));
}
