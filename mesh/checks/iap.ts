import { parseMember, plainMember } from "../members";
import type { Finding } from "../problems";
import type { ReceiverSpec } from "../spec/spec";

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
    });
  }
  const members = new Set<string>();
  spec.iap.access.forEach(({ member }, i) => {
    const who = parseMember(member);
    if ("kind" in who && who.kind === "workload") {
      problems.push({
        path: `${path}.iap.access[${i}].member`,
        message: `"${member}" is no person, and nobody else can sign in; let it call a service without "iap"`,
      });
    }
    if (members.has(plainMember(member))) {
      problems.push({
        path: `${path}.iap.access[${i}].member`,
        message: `"${member}" is listed twice; remove one entry`,
      });
    }
    members.add(plainMember(member));
  });
  return problems;
}
