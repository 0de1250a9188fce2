import type { CheckFailure, Handler } from "../../handler";
import { isObject, listAt, type Properties, type PropertyValue } from "../../properties";
import { stableDigits } from "../../rules/identifiers";
import { admitPart, globalPart, partOutputs } from "./parts";
import { admitRouting } from "./url-map-rules";

const DEFAULTS = ["defaultService", "defaultUrlRedirect", "defaultRouteAction"];
const RULES = ["service", "urlRedirect", "routeAction"];

/** Which backend service answers for which host and path. */
export const urlMap: Handler = {
  ...globalPart("UrlMap", "urlMaps"),
  validate: (inputs) => [
    ...oneOf(inputs, DEFAULTS, ""),
    ...listAt(inputs, "pathMatchers").flatMap((matcher, i) => [
      ...oneOf(matcher, DEFAULTS, `pathMatchers[${i}].`),
      ...listAt(matcher, "pathRules").flatMap((rule, j) => oneOf(rule, RULES, `pathMatchers[${i}].pathRules[${j}].`)),
    ]),
  ],
  admit(subject, world) {
    admitPart(subject, world);
    admitRouting(subject.inputs);
  },
  compute: (subject, world) => ({
    ...partOutputs(subject, world),
    mapId: Number(stableDigits(`${subject.id} ${subject.incarnation} map`, 15)),
  }),
};

/** What the provider refuses: the arguments that exclude each other. An action may stand beside a service, of which it is. */
function oneOf(where: PropertyValue, keys: readonly string[], at: string): CheckFailure[] {
  if (!isObject(where)) return [];
  const said = keys.filter((key) => isSaid(where, key));
  const exclusive = said.filter((key) => !/routeAction$/i.test(key) || said.length === 1);
  if (exclusive.length === 1) return [];
  const property = `${at}${keys[0]}`;
  const list = keys.map((key) => `${at}${key}`).join(",");
  if (said.length === 0) return [{ property, reason: `"${property}": one of \`${list}\` must be specified` }];
  const given = exclusive.map((key) => `${at}${key}`).join(",");
  return [
    { property, reason: `"${property}": only one of \`${list}\` can be specified, but \`${given}\` were specified.` },
  ];
}

function isSaid(where: Properties, key: string): boolean {
  return where[key] !== undefined && where[key] !== null;
}
