/** What must pass and what must fail on the way through the load balancer, route by route. */
import { type AccessGraph, callerName, type Edge, type ReceiverSpec } from "../mesh";
import type { Probe, Refusal } from "./probes";

const NOT_SIGNED_IN = { code: 401, cause: "not signed in" } as const;
const NO_GRANT = { code: 403, cause: "no grant" } as const;
/** Source: https://cloud.google.com/load-balancing/docs/https/setting-up-global-http-https-redirect */
const SENT_ON: Refusal = { code: 301, cause: "redirected" };

/** Every probe of the routes that lead to a service; none where no route does. */
export function behindBalancer({ key: to, routed }: ReceiverSpec, { edges, entrance }: AccessGraph): Probe[] {
  const through = edges.filter((edge) => edge.through === "load-balancer");
  return (routed?.paths ?? []).flatMap((path): Probe[] => {
    const probe = { from: "internet", to, at: `${entrance}${path}` } as const;
    const signedIn = { ...probe, token: "signed in" } as const;
    const refused = { ...probe, expect: NOT_SIGNED_IN, because: "not signed in" } as const;
    return [
      ...through.filter((edge) => edge.to === to).map((edge): Probe => ({ ...signedIn, ...comesThrough(edge) })),
      ...others(to, through).map((caller): Probe => {
        return { ...signedIn, caller, expect: NO_GRANT, because: "no grant on this route" };
      }),
      { ...signedIn, expect: NO_GRANT, because: "no grant" },
      { ...refused, token: "none" },
      { ...refused, token: "forged headers" },
      { ...refused, token: "forged assertion" },
      {
        ...probe,
        at: probe.at.replace(/^https:/, "http:"),
        token: "none",
        expect: SENT_ON,
        because: "port 80 sends on to https",
      },
    ];
  });
}

function comesThrough({ from, until, reason }: Edge): Pick<Probe, "because" | "caller" | "expect" | "until"> {
  return {
    caller: callerName(from),
    expect: "reaches the container",
    ...(until !== undefined && { until }),
    because: reason,
  };
}

/** Who comes through to other services and not to this one. */
function others(to: string, through: readonly Edge[]): string[] {
  const own = new Set(through.filter((edge) => edge.to === to).map(({ from }) => callerName(from)));
  return [...new Set(through.map(({ from }) => callerName(from)))].filter((caller) => !own.has(caller));
}
