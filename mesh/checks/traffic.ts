import type { Finding } from "../problems";
import type { ServiceSpec } from "../spec/spec";

/** Where the requests of a service go: shares, tags, and revisions, which are its own. */
export function checkTraffic({ traffic = [], name }: Pick<ServiceSpec, "name" | "traffic">): Finding[] {
  const problems: Finding[] = [];
  const sum = traffic.reduce((total, { percent = 0 }) => total + percent, 0);
  if (traffic.length > 0 && sum !== 100)
    problems.push({ path: "traffic", message: `got ${sum} percent in all, expected 100` });
  const tags = new Set<string>();
  traffic.forEach(({ tag, revision }, i) => {
    if (tag !== undefined && tags.has(tag))
      problems.push({ path: `traffic[${i}].tag`, message: `"${tag}" is given twice; a tag names one revision` });
    if (tag !== undefined) tags.add(tag);
    if (revision === undefined || revision.startsWith(`${name}-`)) return;
    const path = `traffic[${i}].revision`;
    const message = `"${revision}" is no revision of this service, whose names begin with "${name}-"; name one of its own, or remove it for the latest`;
    problems.push({ path, message, restsOn: [path, "name", "formerly"] });
  });
  return problems;
}
