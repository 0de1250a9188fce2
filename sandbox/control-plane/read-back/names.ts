/** The forms in which the provider takes names, and the one in which it keeps them. */
import { type Properties, textAt } from "../properties";
import { shortName, withoutHost } from "../rules/identifiers";
import type { ReadBackArguments } from "./read-back";

/**
 * A resource that is named by itself or by a path which says where it is, as IAM's resources take it: the provider keeps
 * the whole path, and the places that the path names in spite of what is said beside it.
 *
 * Source: `GetImportIdQualifiers` and the `…IamUpdaterProducer` functions of terraform-provider-google.
 *
 * @param pattern the whole path, e.g. `projects/{project}/secrets/{secretId}`; its last placeholder is the argument
 */
export function qualified(pattern: string): ReadBackArguments {
  const keys = [...pattern.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const name = keys.at(-1) ?? "";
  const whole = new RegExp(`^${pattern.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
  const named = (inputs: Properties): Readonly<Record<string, string>> => {
    const given = textAt(inputs, name) ?? "";
    const groups = whole.exec(given)?.groups;
    if (groups) return groups;
    const parts = given.split("/");
    return Object.fromEntries(parts.map((part, i) => [keys[keys.length - parts.length + i] ?? "", part]));
  };
  const place = (key: string) => ({ as: (sent: string, inputs: Properties) => named(inputs)[key] ?? sent });
  return {
    ...Object.fromEntries(keys.slice(0, -1).map((key) => [key, place(key)])),
    [name]: {
      as: (_sent, inputs) =>
        pattern.replace(/\{(\w+)\}/g, (_, key: string) => named(inputs)[key] ?? textAt(inputs, key) ?? ""),
      suppresses: sameLinkOrName,
    },
  };
}

/** Source: `CompareSelfLinkOrResourceName` in the provider: a name alone means whatever has it. */
export function sameLinkOrName(read: string, said: string): boolean {
  return said.includes("/") ? samePath(read, said) : shortName(read) === said;
}

/** Source: `CompareSelfLinkRelativePaths` in the provider: the host and the version of the API do not count. */
export function samePath(read: string, said: string): boolean {
  return withoutHost(read) === withoutHost(said);
}

/** Source: `CompareProjectName` in the provider: `projects/ID` and `ID` are one project. */
export function sameProject(read: string, said: string): boolean {
  return shortName(read) === shortName(said);
}
