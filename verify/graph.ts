/** The access graph of a stack that has been deployed, from its config and its outputs. */
import { type AccessGraph, accessGraph, decodeStackConfig, InvalidConfigError, parseMesh } from "../mesh";

/**
 * @param config the stack config, full key to text
 * @param urls the stack's output `urls`: they hold the project number, which a config need not have
 */
export function deployedGraph(
  config: Readonly<Record<string, string>>,
  urls: Readonly<Record<string, string>>,
  today: string,
): AccessGraph {
  const { input, problems: undecodable } = decodeStackConfig(config, () => false);
  const projectNumber = /-(\d+)\.[^.]+\.run\.app$/.exec(Object.values(urls)[0] ?? "")?.[1];
  const { spec, problems } = parseMesh({ ...input, projectNumber }, today);
  if (!spec || undecodable.length > 0) throw new InvalidConfigError([...undecodable, ...problems]);
  return accessGraph(spec);
}
