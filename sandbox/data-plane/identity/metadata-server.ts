/**
 * The metadata server of one identity, as far as Cloud Run has it.
 * Source: https://cloud.google.com/run/docs/container-contract#metadata-server
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { stableDigits } from "../../control-plane/rules/identifiers";
import type { Directory } from "./directory";
import type { TokenIssuer } from "./issuer";
import { etagOf, jsonOf, linesOf } from "./metadata-forms";

/** What goes wrong with a metadata server. `hanging` accepts and never answers. */
export type MetadataFault =
  | { readonly kind: "slow"; readonly delayMs: number }
  | { readonly kind: "failing"; readonly status: number }
  | { readonly kind: "garbage" }
  | { readonly kind: "hanging" };

export interface MetadataOptions {
  /** The account that it speaks for, as of now. */
  readonly email: () => string;
  readonly project: string;
  readonly projectNumber: string;
  readonly region: string;
  readonly issuer: TokenIssuer;
  readonly directory: Directory;
  readonly clock: () => Date;
}

/**
 * A token is handed out again until so long before its end.
 * Seen in googleapis/google-cloud-go PR 9139 and googleapis/google-auth-library-java PR 1352.
 */
const RENEWED_BEFORE_MS = 4 * 60 * 1000;

/** How often a value is looked at that somebody waits for to change. */
const WAITING_MS = 200;

const SCOPES = "https://www.googleapis.com/auth/cloud-platform";
const ROOT = "/computeMetadata/v1";

interface Text {
  readonly status?: number;
  readonly type?: string;
  readonly body: string;
  readonly location?: string;
}

export class MetadataServer {
  fault: MetadataFault | undefined;
  readonly #tokens = new Map<string, { value: Promise<string>; expiresAtMs: number }>();
  #asked = 0;

  constructor(private readonly options: MetadataOptions) {}

  /** How many tokens were asked for. */
  get asked(): number {
    return this.#asked;
  }

  readonly handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { fault } = this;
    if (fault?.kind === "hanging") return;
    if (fault?.kind === "slow") await setTimeout(fault.delayMs, undefined, { ref: false });
    let answer: Text;
    if (fault?.kind === "failing") answer = { status: fault.status, body: "backend error" };
    else if (fault?.kind === "garbage") answer = { type: "text/html", body: "<html>\u0000 not what you asked for" };
    else answer = await this.#inTime(request, response).catch((error) => ({ status: 500, body: String(error) }));
    if (response.destroyed) return;
    response.writeHead(answer.status ?? 200, {
      "Metadata-Flavor": "Google",
      Server: "Metadata Server for VM",
      "Content-Type": answer.type ?? "application/text",
      // Callers tell the minter's time from theirs by this.
      Date: this.options.clock().toUTCString(),
      ...(answer.location && { Location: answer.location }),
      ...(answer.status === undefined && { ETag: etagOf(answer.body) }),
    });
    response.end(answer.body);
  };

  /**
   * The answer, with `wait_for_change=true` once it is another than the client has seen, or after `timeout_sec`.
   * Source: https://cloud.google.com/compute/docs/metadata/querying-metadata#waitforchange; assumed: that Cloud Run has it.
   */
  async #inTime(request: IncomingMessage, response: ServerResponse): Promise<Text> {
    let answer = await this.#answer(request);
    const { searchParams } = new URL(request.url ?? "/", "http://metadata.google.internal");
    if (searchParams.get("wait_for_change")?.toLowerCase() !== "true") return answer;
    const seen = searchParams.get("last_etag") ?? etagOf(answer.body);
    const seconds = Number(searchParams.get("timeout_sec") || Number.POSITIVE_INFINITY);
    const end = performance.now() + seconds * 1000;
    while (etagOf(answer.body) === seen && performance.now() < end && !response.destroyed) {
      await setTimeout(WAITING_MS, undefined, { ref: false });
      answer = await this.#answer(request);
    }
    return answer;
  }

  async #answer({ url = "/", headers, method }: IncomingMessage): Promise<Text> {
    const { pathname, searchParams } = new URL(url.replace(/^http:\/\/[^/]+/, ""), "http://metadata.google.internal");
    // Seen in salrashid123/gce_metadata_server, server.go: a request that was forwarded is none of the container's own.
    if (headers["x-forwarded-for"] !== undefined) return refused(pathname, "");
    if (pathname === "/") return { body: "computeMetadata/\n" };
    if (headers["metadata-flavor"] !== "Google") return refused(pathname, " Missing Metadata-Flavor:Google header.");
    if (method !== "GET" && method !== "HEAD") return { status: 405, body: "method not allowed" };
    if (pathname === "/computeMetadata" || pathname === "/computeMetadata/") return { body: "v1/\n" };
    const alt = searchParams.get("alt")?.toLowerCase();
    const { project, projectNumber, region } = this.options;
    const email = this.options.email();
    const fixed: Readonly<Record<string, string>> = {
      "": "instance/\nproject/\n",
      "/project": "numeric-project-id\nproject-id\n",
      "/project/project-id": project,
      "/project/numeric-project-id": projectNumber,
      "/instance": "id\nregion\nservice-accounts/\nzone\n",
      "/instance/id": Buffer.from(stableDigits(`instance in ${project} ${region}`, 40)).toString("hex"),
      "/instance/region": `projects/${projectNumber}/regions/${region}`,
      "/instance/zone": `projects/${projectNumber}/zones/${region}-1`,
      "/instance/service-accounts": `default/\n${email}/\n`,
    };
    const [, place = ""] = /^\/computeMetadata\/v1(?=\/|$)(.*)$/.exec(pathname) ?? ["", "?"];
    if (searchParams.get("recursive")?.toLowerCase() === "true") {
      const tree = this.#tree(fixed, email)[decodeURIComponent(place.replace(/\/$/, ""))];
      if (tree !== undefined && alt === "text") return { body: linesOf(tree) };
      if (tree !== undefined) return { type: "application/json", body: JSON.stringify(tree) };
    }
    const found = fixed[place.replace(/\/$/, "")];
    if (found !== undefined) {
      const isFolder = found.endsWith("\n");
      if (isFolder && !place.endsWith("/")) return { status: 301, body: "", location: `${pathname}/` };
      return inForm(alt, found);
    }
    const [, account = "", key = ""] = /^\/instance\/service-accounts\/([^/]+)(?:\/(.*))?$/.exec(place) ?? [];
    if (account !== "default" && decodeURIComponent(account) !== email) return { status: 404, body: "not found" };
    return this.#account(place, key.replace(/\/$/, ""), searchParams);
  }

  /**
   * What is below each folder, tokens left out. Source of the names and of the number:
   * https://cloud.google.com/compute/docs/metadata/querying-metadata#aggcontents
   */
  #tree(fixed: Readonly<Record<string, string>>, email: string): Readonly<Record<string, object>> {
    const account = { aliases: ["default"], email, scopes: [SCOPES] };
    const serviceAccounts = { default: account, [email]: account };
    const [id, region, zone] = ["id", "region", "zone"].map((key) => fixed[`/instance/${key}`]);
    const instance = { id, region, serviceAccounts, zone };
    const project = { numericProjectId: Number(this.options.projectNumber), projectId: this.options.project };
    return {
      "": { instance, project },
      "/instance": instance,
      "/project": project,
      "/instance/service-accounts": serviceAccounts,
      "/instance/service-accounts/default": account,
      [`/instance/service-accounts/${email}`]: account,
    };
  }

  async #account(place: string, key: string, query: URLSearchParams): Promise<Text> {
    const { directory, issuer } = this.options;
    const email = this.options.email();
    const alt = query.get("alt")?.toLowerCase();
    if (key === "") {
      if (!place.endsWith("/")) return { status: 301, body: "", location: `${ROOT}${place}/` };
      return inForm(alt, "aliases\nemail\nidentity\nscopes\ntoken\n");
    }
    if (key === "email") return inForm(alt, email);
    if (key === "aliases") return inForm(alt, "default\n");
    if (key === "scopes") return inForm(alt, `${SCOPES}\n`);
    if (key !== "identity" && key !== "token") return { status: 404, body: "not found" };
    this.#asked += 1;
    // Assumed: what Google answers when the account of a running instance is gone was not found in writing.
    if (directory.isGone(email)) return { status: 404, body: `the service account ${email} is deleted or disabled` };
    if (key === "token") {
      const held = this.#held(`token ${email}`, () => issuer.accessToken(email).token);
      const body = {
        access_token: await held.value,
        expires_in: Math.floor((held.expiresAtMs - this.options.clock().getTime()) / 1000),
        token_type: "Bearer",
      };
      return { type: "application/json", body: JSON.stringify(body) };
    }
    const audience = query.get("audience") ?? "";
    if (audience === "") return { status: 400, body: "non-empty audience parameter required" };
    const held = this.#held(`${audience} ${email}`, () => issuer.idToken(directory.subjectOf(email), audience));
    return { type: "text/html", body: await held.value };
  }

  #held(key: string, mint: () => string | Promise<string>) {
    const now = this.options.clock().getTime();
    let held = this.#tokens.get(key);
    if (!held || held.expiresAtMs - now <= RENEWED_BEFORE_MS) {
      held = { value: Promise.resolve(mint()), expiresAtMs: (Math.floor(now / 1000) + 3600) * 1000 };
      if (this.#tokens.size >= 1000) this.#tokens.clear();
      this.#tokens.set(key, held);
    }
    return held;
  }
}

function inForm(alt: string | undefined, body: string): Text {
  return alt === "json" ? { type: "application/json", body: jsonOf(body) } : { body };
}

/** Seen in a transcript of the real one; the sentence after the path only where the header is missing. */
function refused(pathname: string, why: string): Text {
  const target = pathname.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
  return {
    status: 403,
    type: "text/html; charset=UTF-8",
    body: `<!DOCTYPE html>\n<html lang=en>\n<title>Error 403 (Forbidden)!!1</title>\n<p>Your client does not have permission to get URL <code>${target}</code> from this server.${why}\n`,
  };
}
