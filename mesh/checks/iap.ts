import type { Finding } from "../problems";
import type { ReceiverSpec } from "../spec/spec";
import { checkAccessors, checkWorkforcePool } from "./workforce";

/** Checks of a service behind Identity-Aware Proxy, which answers every request before anything else looks at it. */
export function checkIap(
  spec: ReceiverSpec,
  path: string,
  receivers: Readonly<Record<string, ReceiverSpec>>,
): Finding[] {
  const problems: Finding[] = [];
  spec.calls.forEach(({ service }, i) => {
    if (!receivers[service]?.iap) return;
    problems.push({
      path: `${path}.calls[${i}]`,
      message: `"${service}" is behind Identity-Aware Proxy, which lets no service through; call what it calls, or take "iap" away`,
    });
  });
  if (!spec.iap) return problems;
  if (spec.access.length > 0) {
    problems.push({
      path: `${path}.access`,
      message: 'the proxy lets nobody past it; move the members to "iap.access"',
      restsOn: [],
    });
  }
  if (spec.ingress === "internal") {
    problems.push({
      path: `${path}.ingress`,
      message: 'is internal, where nobody can sign in from; set { all: "reason" }, or load-balancer with one in front',
      restsOn: [`${path}.ingress`, "loadBalancer.routes"],
    });
  }
  return [
    ...problems,
    ...checkWorkforcePool(spec.iap.workforce?.pool, `${path}.iap.workforcePool`),
    ...checkAccessors(spec.iap.access, `${path}.iap`, {
      pool: spec.iap.workforce?.pool,
      instead: 'let it call a service without "iap"',
    }),
  ];
}
