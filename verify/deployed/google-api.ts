/** Requests to Google's own APIs, whose failures are told as what the person lacks. */
import type { Credentials } from "./credentials";
import type { Fetch } from "./from-here";
import { NotProbed, saying } from "./not-probed";

/** What a request is for, and what it takes. */
export interface Purpose {
  /** Ends a sentence that begins with "could not": `make a job`. */
  readonly to: string;
  /** IAM permission. */
  readonly permission: string;
  /** On what: `organization 1`. @default the project */
  readonly on?: string;
}

export class ApiError extends NotProbed {
  constructor(
    message: string,
    /** 0 without an answer. */
    readonly status: number,
  ) {
    super(message);
  }

  /** Whether the same request may succeed a little later. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

interface ErrorBody {
  readonly error?: { readonly message?: string; readonly details?: readonly { readonly reason?: string }[] };
}

const TIMEOUT_MS = 30_000;

export class GoogleApi {
  constructor(
    private readonly project: string,
    private readonly credentials: Credentials,
    private readonly fetch: Fetch,
  ) {}

  /** @throws NotProbed */
  async call<T>(method: "GET" | "POST" | "DELETE", url: string, purpose: Purpose, body?: object): Promise<T> {
    const headers = await this.credentials.headers();
    let status: number;
    let text: string;
    try {
      const answer = await this.fetch(url, {
        method,
        headers: { ...headers, ...(body && { "content-type": "application/json" }) },
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body && { body: JSON.stringify(body) }),
      });
      status = answer.status;
      text = await answer.text();
    } catch {
      throw new ApiError(`could not ${purpose.to}: ${new URL(url).host} gave no answer`, 0);
    }
    const data = parsed(text);
    if (status >= 200 && status < 300 && data) return data as T;
    throw new ApiError(this.#problem(status, (data ?? {}) as ErrorBody, new URL(url).host, purpose), status);
  }

  #problem(status: number, { error }: ErrorBody, host: string, { to, permission, on }: Purpose): string {
    const said = saying(error?.message ?? "");
    if (status === 401) {
      return `could not ${to}: Google refused the credentials; run "gcloud auth application-default login"`;
    }
    if (status === 403 && (isOff(error) || /has not been used in project|it is disabled/.test(said))) {
      return `could not ${to}: ${host} is off in project "${this.project}"; run "gcloud services enable ${host} --project ${this.project}"`;
    }
    // Quota is refused with 403 as well, and a missing permission on a resource named later, an account say, only here.
    const named = /Permission ['"]?([\w.]+)['"]? denied(?: on service account (\S+))?/i.exec(said);
    if (status === 403) {
      const lacking = named?.[1]?.replace("iam.serviceaccounts.", "iam.serviceAccounts.") ?? permission;
      const where = named?.[2] ? `service account ${named[2]}` : (on ?? `project "${this.project}"`);
      const role = lacking === "iam.serviceAccounts.actAs" ? ", e.g. by roles/iam.serviceAccountUser" : "";
      const rest = named || said === "" ? "" : ` (${said})`;
      return `could not ${to}: it takes ${lacking} on ${where}${role}${rest}`;
    }
    return `could not ${to}: ${host} answered ${status}${said === "" ? "" : ` (${said})`}`;
  }
}

function isOff(error: ErrorBody["error"]): boolean {
  return error?.details?.some(({ reason }) => reason === "SERVICE_DISABLED") ?? false;
}

function parsed(text: string): unknown {
  try {
    const data: unknown = JSON.parse(text === "" ? "{}" : text);
    return typeof data === "object" ? (data ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}
