import { can } from "../../facts/roles";
import { read } from "../../inputs/read";
import { type Access, calleesOf, stackOf, toldTo, type Workload } from "../../inputs/stack";
import type { StackResource, StackRule } from "../../rule";

/**
 * Advisory: a URL also reaches a workload by ways that the stack does not show, such as a file, a database or a secret.
 */
export const noUnusedGrants: StackRule = {
  name: "no-unused-grants",
  family: "no broad grants",
  description: "A workload that may invoke a service of its stack is also told where that service is.",
  severity: "low",
  level: "advisory",
  page: "https://docs.cloud.google.com/iam/docs/using-iam-securely#least_privilege",
  remediation: "Remove the grant, or tell the workload the URL in a variable, where a reader sees that it calls.",
  check(resources, report) {
    const stack = stackOf(resources);
    const callers = new Map<string, Workload[]>();
    for (const workload of stack.workloads) {
      if (workload.account === undefined) continue;
      callers.set(workload.account, [...(callers.get(workload.account) ?? []), workload]);
    }
    const senders = resources.filter(({ type }) => SENDERS.has(type));
    const uses = (caller: Workload, callee: Workload): boolean => {
      const { variables, unseen } = toldTo(caller);
      const { name } = callee;
      if (unseen || calleesOf(stack, caller).has(callee)) return true;
      return name !== undefined && variables.some(({ text }) => text.includes(name));
    };
    for (const callee of stack.workloads) {
      for (const access of stack.accessTo(callee).filter(isInvoker)) {
        const who = callers.get(access.account ?? "") ?? [];
        if (who.length === 0 || who.includes(callee) || who.some((caller) => uses(caller, callee))) continue;
        if (senders.some((sender) => mentions(sender.props, access.account ?? ""))) continue;
        report.violation(
          access.resource,
          access.grant.path,
          `${access.grant.path} is the account of ${who[0]?.resource.name}, which is told no URL of ${callee.resource.name}: a grant that nobody uses is one that nobody misses when it is abused; remove it, or tell the URL in a variable`,
        );
      }
    }
  },
};

function isInvoker({ grant: { role } }: Access): boolean {
  return "value" in role && role.value !== undefined && can(role.value, "invoke");
}

/** What calls a service as an account that it is told. */
const SENDERS: ReadonlySet<StackResource["type"]> = new Set([
  "gcp:cloudscheduler/job:Job",
  "gcp:cloudtasks/queue:Queue",
  "gcp:eventarc/trigger:Trigger",
  "gcp:pubsub/subscription:Subscription",
  "gcp:workflows/workflow:Workflow",
]);

/** Whether any text in it holds this one; what is unknown may, so it does. */
function mentions(props: Readonly<Record<string, unknown>>, text: string): boolean {
  const pending: unknown[] = [props];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string" && value.toLowerCase().includes(text)) return true;
    if (typeof value !== "object" || value === null) continue;
    for (const key of Object.keys(value)) {
      const part = read(value, key);
      if (part.state === "unknown") return true;
      if (part.state === "known") pending.push(part.value);
    }
  }
  return false;
}
