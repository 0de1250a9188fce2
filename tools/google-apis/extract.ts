/** The names that requests may carry, out of Google's discovery documents. */
import { BODIES } from "../../sandbox/control-plane/api/bodies";

/** A part of a discovery document. Source: https://developers.google.com/discovery/v1/reference/apis */
export interface DiscoveryDocument {
  readonly revision: string;
  readonly schemas: Readonly<Record<string, Schema>>;
}

interface Schema {
  readonly $ref?: string;
  readonly readOnly?: boolean;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** What the repository keeps: revisions of the documents, and the fields of each message, with spaces between them. */
export interface Extract {
  readonly revisions: Readonly<Record<string, string>>;
  /** `name`, `name:MESSAGE`, and `name[]` or `name[]:MESSAGE` for lists; what Google alone sets is left out. */
  readonly messages: Readonly<Record<string, string>>;
}

/**
 * Every message that the body of a request is, or holds.
 *
 * @param document the document of an API, e.g. of `run.v2`
 */
export function extract(document: (api: string) => DiscoveryDocument): Extract {
  const revisions: Record<string, string> = {};
  const messages: Record<string, string> = {};
  for (const { message } of Object.values(BODIES)) {
    const [api, root] = message?.split("/") ?? [];
    if (api === undefined || root === undefined) continue;
    const { revision, schemas } = document(api);
    revisions[api] = revision;
    addMessage(messages, schemas, api, root, schemas[root]);
  }
  return { revisions: sorted(revisions), messages: sorted(messages) };
}

function addMessage(
  messages: Record<string, string>,
  schemas: DiscoveryDocument["schemas"],
  api: string,
  name: string,
  schema: Schema | undefined,
): void {
  if (!schema) throw new Error(`${api} has no message "${name}"`);
  if (messages[`${api}/${name}`] !== undefined) return;
  const fields = Object.entries(schema.properties ?? {}).filter(([, { readOnly }]) => !readOnly);
  const inside = fields.map(([field, { $ref, items, properties }]) => {
    const inline = properties ?? items?.properties;
    return { field, list: items !== undefined, message: $ref ?? items?.$ref ?? (inline && `${name}.${field}`), inline };
  });
  messages[`${api}/${name}`] = inside
    .map(({ field, list, message }) => `${field}${list ? "[]" : ""}${message === undefined ? "" : `:${message}`}`)
    .sort()
    .join(" ");
  for (const { message, inline } of inside) {
    if (message === undefined) continue;
    addMessage(messages, schemas, api, message, inline ? { properties: inline } : schemas[message]);
  }
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
