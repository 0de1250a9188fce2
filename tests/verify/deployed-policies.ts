/**
 * The IAM policies of a Google for tests, asked as Google's APIs want to be asked: run v2, iam v1, iap v1 and
 * cloudresourcemanager v3, by their discovery documents.
 */
import { createHash } from "node:crypto";

export interface PlayedBinding {
  role: string;
  members: string[];
  condition?: { expression: string; title?: string; description?: string };
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const RUN = /^\/api\/projects\/acme-dev\/locations\/europe-west9\/services\/([\w-]+):getIamPolicy(\?.*)?$/;
const ACCOUNT = /^\/api\/iam\/v1\/projects\/-\/serviceAccounts\/([^/:]+):getIamPolicy(\?.*)?$/;
const IAP =
  /^\/api\/iap\/v1\/projects\/acme-dev\/(iap_web(?:\/cloud_run-europe-west9(?:\/services\/[\w-]+)?)?):getIamPolicy$/;
const PROJECT = /^\/api\/crm\/v3\/projects\/(acme-dev):getIamPolicy$/;
const ROLE = /^\/api\/iam\/v1\/((?:projects|organizations)\/[^/]+\/roles\/[\w.]+)$/;
const VERSION_3 = "?options.requestedPolicyVersion=3";

export class PlayedPolicies {
  /** Bindings by what they are on: `service web`, `iap web`, `iap iap_web`, `account EMAIL`, `project acme-dev`. */
  readonly bindings = new Map<string, PlayedBinding[]>();
  /** What `services.get` tells of how a service is reached; what is false, Google leaves out. */
  readonly settings = new Map<string, object>();
  /** Permissions by custom role. */
  readonly roles = new Map<string, string[]>();

  grant(on: string, role: string, ...members: string[]): void {
    this.bindings.set(on, [...(this.bindings.get(on) ?? []), { role, members }]);
  }

  /** Nothing where the request asks for something else. */
  answer(method: string, path: string, text: string): Answer | undefined {
    const [, service, query] = RUN.exec(path) ?? [];
    if (service) return this.#policy(`service ${service}`, "GET", method, query === VERSION_3);
    const [, account, inQuery] = ACCOUNT.exec(path) ?? [];
    // This one takes no body, and its options in the query.
    if (account) return this.#policy(`account ${account}`, "POST", method, inQuery === VERSION_3 && text === "");
    const [kind, name] = IAP.test(path)
      ? ["iap", IAP.exec(path)![1]!.replace(/^iap_web.*\/services\//, "")]
      : ["project", PROJECT.exec(path)?.[1]];
    if (name) {
      return this.#policy(`${kind} ${name}`, "POST", method, text === '{"options":{"requestedPolicyVersion":3}}');
    }
    const role = ROLE.exec(path)?.[1];
    if (role === undefined) return undefined;
    const permissions = this.roles.get(role);
    if (permissions) return { status: 200, body: { includedPermissions: permissions } };
    const message = `You don't have permission to get the role at ${role}.`;
    return { status: 403, body: { error: { code: 403, message, status: "PERMISSION_DENIED" } } };
  }

  /** Without version 3 a condition is hidden in the name of the role, as Google does it. */
  #policy(on: string, wanted: string, method: string, isVersion3: boolean): Answer {
    if (method !== wanted) return { status: 404, body: {} };
    const held = this.bindings.get(on) ?? [];
    const hidden = ({ condition, role, members }: PlayedBinding) => ({
      role: condition ? `${role}_withcond_${createHash("sha1").update(role).digest("hex").slice(0, 20)}` : role,
      members,
    });
    const bindings = isVersion3 ? held : held.map(hidden);
    const version = isVersion3 && held.some(({ condition }) => condition) ? 3 : 1;
    return { status: 200, body: { version, etag: "BwYy", ...(bindings.length > 0 && { bindings }) } };
  }
}
