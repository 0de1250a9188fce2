import type { Handler } from "../handler";
import { type Properties, textAt } from "../properties";
import { stableDigits, stableEtag } from "../rules/identifiers";
import { selfLink } from "./network/network";

const NAMES = [
  "name",
  "accountId",
  "repositoryId",
  "workforcePoolId",
  "oauthClientId",
  "providerId",
  "policyName",
  "hostname",
];

/** Outputs that programs pass on, and that must be there and differ from resource to resource. */
const OUTPUTS: Readonly<Record<string, (id: string) => string | number>> = {
  selfLink,
  fingerprint: (id) => stableEtag(id).slice(1, 13),
  etag: stableEtag,
};

/** A type that nobody plays: Google takes everything. Called for the types of the table and for all others. */
export function storedAsIs(type: string, outputs: readonly string[]): Handler {
  const [, module = "", kind = ""] = /^gcp:([^/]+)\/[^:]+:(.+)$/.exec(type) ?? [];
  return {
    kind,
    identify(inputs) {
      const name = NAMES.map((key) => textAt(inputs, key)).find((found) => found !== undefined);
      const place = textAt(inputs, "location") ?? textAt(inputs, "region") ?? "global";
      const home = `projects/${textAt(inputs, "project") ?? "-"}/${place}/${module}/${kind}`;
      return `${home}/${name ?? stableDigits(JSON.stringify(inputs), 12)}`;
    },
    compute({ id }) {
      const computed: Properties = {};
      for (const output of outputs) {
        const make = OUTPUTS[output];
        if (make) computed[output] = make(id);
      }
      return computed;
    },
  };
}
