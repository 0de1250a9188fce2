/** Finds the way to a service of the mesh that runs on this machine. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { ProxyAgent } from "undici";
import type { RunningService } from "../../sandbox/running";
import { findRunning } from "../../sandbox/running/find-running";
import { deployedGraph } from "../../verify/graph";
import { npm } from "../person";
import { unknownService, type Way } from "./way";

/** People come through the load balancer, where one leads to the service; everybody else asks the service itself. */
function placeOf({ url, entrance }: RunningService, as: string): Pick<Way, "route" | "url"> {
  const isPerson = /@|^principal/.test(as) && !as.endsWith(".gserviceaccount.com");
  if (entrance === undefined || !isPerson) return { url };
  const { origin, pathname } = new URL(entrance);
  return { url: origin, route: pathname };
}

/** @throws Error for people: no mesh runs, no such service or caller */
export async function wayInSandbox(
  stateFolder: string,
  service: string,
  { as, mesh }: { readonly as?: string | undefined; readonly mesh?: string | undefined },
): Promise<Way> {
  const running = await findRunning(stateFolder, mesh, npm("start"));
  const keys = running.services.map(({ key }) => key);
  const found = running.services.find(({ key }) => key === service) ?? unknownService(service, running.stack, keys);
  const entry = await running.enter(service, as);
  const trace = randomBytes(16).toString("hex");
  const traceparent = `00-${trace}-${randomBytes(8).toString("hex")}-01`;
  const dispatcher = new ProxyAgent({
    uri: entry.proxyUrl,
    // What the proxy itself refuses is told by the same trace.
    headers: { traceparent },
    requestTls: { ca: readFileSync(entry.caFile) },
  });
  return {
    place: `the mesh "${running.stack}" that runs here`,
    service,
    ...placeOf(found, entry.as),
    as: entry.as,
    ...(entry.via && { via: entry.via }),
    token: entry.token,
    invokers: found.invokers,
    declared: async () => {
      const { config, urls, serviceAccounts, day } = await running.declared();
      return { graph: deployedGraph(config, urls, day), serviceAccounts };
    },
    decisions: { traceparent, latest: () => running.decision(trace) },
    dispatcher,
    close: () => dispatcher.close(),
  };
}
