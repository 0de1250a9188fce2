import {
  type Answer,
  ask,
  asServiceError,
  errorFields,
  type ServiceDefinition,
  ServiceError,
  type ServiceRequest,
  type ServiceTools,
} from "../runtime/index";
import { HEADERS, type Outcome, page } from "./page";
import { explain } from "./refusal";
import { type Account, accountIn, FACT_NAMES, scored, summarized } from "./schema";

export const SERVICE = "sales-app (TypeScript)";

type Callee = "account-scoring" | "account-summary";

/**
 * A page with a form: how an account stands, by two functions that answer to ID tokens alone. The form is sent with GET,
 * because asking changes nothing.
 */
export function salesApp(): ServiceDefinition<Callee> {
  return {
    name: SERVICE,
    calls: ["account-scoring", "account-summary"],
    routes: (tools) => [
      {
        method: "GET",
        path: "/",
        async handler(request) {
          refuseOtherHosts(request);
          const account = accountIn(request.query);
          if (account === undefined) return shown(200, page());
          const { status, outcome } = await rated(account, request, tools);
          return shown(status, page({ account, outcome }));
        },
      },
    ],
  };
}

async function rated(
  { name, facts }: Account,
  request: ServiceRequest,
  { callers, options }: ServiceTools<Callee>,
): Promise<{ status: number; outcome: Outcome }> {
  const about = (json: unknown) => ({ method: "POST", path: "/", json, idempotent: true, context: request });
  try {
    const known = Object.fromEntries(FACT_NAMES.map((fact) => [fact, facts.has(fact)]));
    const { score, because } = await ask(callers["account-scoring"], about(known), scored);
    const { summary } = await ask(callers["account-summary"], about({ account: name, score }), summarized);
    return { status: 200, outcome: { score, because, summary } };
  } catch (thrown) {
    const error = asServiceError(thrown);
    if (error.code === "internal") throw error;
    request.log.write("WARNING", error.message, errorFields(error));
    return { status: error.status, outcome: explain(error, options.impersonate) };
  }
}

/**
 * A page elsewhere could have had its own name resolve to this machine (DNS rebinding), and then read what functions
 * answer to this machine's developer.
 */
function refuseOtherHosts({ headers: { host = "" } }: ServiceRequest): void {
  if (/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host)) return;
  throw new ServiceError("origin-refused", `got the host "${host}"; allowed: 127.0.0.1 and localhost`);
}

function shown(status: number, body: string): Answer {
  return { status, body, headers: HEADERS };
}
