import { type WrongConfig, wrongWebs } from "../wrong-config";

/** Traffic to what is no revision of the service. */

const none = (revision: string, name: string) =>
  `"${revision}" is no revision of this service, whose names begin with "${name}-"; name one of its own, or remove it for the latest`;

export const wrongTraffic: readonly WrongConfig[] = wrongWebs([
  [{ traffic: [{ percent: 100, revision: "api-00001-abc" }] }, `traffic[0].revision: ${none("api-00001-abc", "web")}`],
  [{ traffic: [{ percent: 100 }, { revision: "web", tag: "old" }] }, `traffic[1].revision: ${none("web", "web")}`],
  [
    { name: "shop", traffic: [{ percent: 100, revision: "web-00001-abc" }] },
    `traffic[0].revision: ${none("web-00001-abc", "shop")}`,
  ],
  [
    { traffic: [{ percent: 100, revision: "web-00001-ABC" }] },
    'traffic[0].revision: got "web-00001-ABC", must be the name of a revision, e.g. "web-00001-abc"',
  ],
]);
