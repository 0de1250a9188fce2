import type { Clock } from "../../runtime/index";
import type { Database } from "../database/sql";
import type { WebAppOptions } from "../options";
import { cachedDirectory, type Directory, noDirectory, tableDirectory } from "./directory";
import { graphDirectory } from "./graph";

/** The directory that the options name. */
export function directoryOf(
  { directory, graph }: Pick<WebAppOptions, "directory" | "graph">,
  database: Database | undefined,
  clock: Clock,
): Directory {
  if (directory === "graph" && graph) return cachedDirectory(graphDirectory(graph, { clock }), clock);
  if (directory === "table" && database) return cachedDirectory(tableDirectory(database), clock);
  return noDirectory;
}
