/** The forms in which the provider takes names, and the one in which it keeps them. */
import { type Properties, type PropertyValue, textAt } from "../properties";
import { shortName, withoutHost } from "../rules/identifiers";
import type { ReadBack, ReadBackArguments } from "./read-back";

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
  const place = (key: string): ReadBack => ({ as: (sent, inputs) => named(inputs)[key] ?? sent, computed: true });
  return {
    ...Object.fromEntries(keys.slice(0, -1).map((key) => [key, place(key)])),
    [name]: {
      as: (_sent, inputs) =>
        pattern.replace(/\{(\w+)\}/g, (_, key: string) => named(inputs)[key] ?? textAt(inputs, key) ?? ""),
      suppresses: sameLinkOrName,
    },
  };
}

/** A name where a path or a link was said. Source: `NameFromSelfLinkStateFunc` in the provider. */
export const byName: ReadBack = { as: (sent) => shortName(String(sent)), suppresses: sameLinkOrName, computed: true };

/** What was said, where a name is as good as a path. */
export const asNamed: ReadBack = { suppresses: sameLinkOrName };

/**
 * The link of a part of Compute Engine, whatever was said. Source: `ConvertSelfLinkToV1` in the provider.
 *
 * @param collection what a name alone is in, e.g. `global/networks`; may name arguments: `regions/{region}/subnetworks`
 */
export function byLink(collection: string): ReadBack {
  const filled = (inputs: Properties) =>
    collection.replace(/\{(\w+)\}/g, (_, key: string) => textAt(inputs, key) ?? "");
  return {
    as(sent, inputs) {
      const path = withoutHost(String(sent));
      const place = `projects/${textAt(inputs, "project")}`;
      const within = path.includes("/") ? path : `${filled(inputs)}/${path}`;
      return `https://www.googleapis.com/compute/v1/${path.startsWith("projects/") ? path : `${place}/${within}`}`;
    },
    suppresses: sameLinkOrName,
  };
}

/** The link of a part, which only another form of the same link or path means. Source: `CompareSelfLinkRelativePaths` in the provider. */
export const linked: ReadBack = { ...byLink(""), suppresses: samePath };

/** A connector by its whole name. Source: https://cloud.google.com/run/docs/reference/rest/v2/VpcAccess */
export const connector: ReadBack = {
  as(sent: PropertyValue, inputs) {
    const name = String(sent);
    if (name.includes("/")) return name;
    return `projects/${textAt(inputs, "project")}/locations/${textAt(inputs, "location")}/connectors/${name}`;
  },
};

/** Source: `CompareSelfLinkOrResourceName` in the provider: a name alone means whatever has it. */
export function sameLinkOrName(read: string, said: string): boolean {
  return said.includes("/") ? samePath(read, said) : shortName(read) === said;
}

/** Source: `CompareSelfLinkRelativePaths` in the provider: the host and the version of the API do not count. */
export function samePath(read: string, said: string): boolean {
  return withoutHost(read) === withoutHost(said);
}

/** Source: `CompareProjectName` and `CompareResourceNames` in the provider: `projects/ID` and `ID` are one project. */
export function sameProject(read: string, said: string): boolean {
  return shortName(read) === shortName(said);
}
