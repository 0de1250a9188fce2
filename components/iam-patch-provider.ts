/**
 * What the engine's dynamic provider runs for an `IamPatch`: requests to the IAM API, as the gcp provider would send them.
 *
 * Pulumi writes these functions as text into the stack's state. They capture each other and nothing else, and load what
 * they need where they need it: a module that is captured would be written there with every value in it.
 */
import type * as dynamic from "@pulumi/pulumi/dynamic";

/** The config of a stack, as the dynamic provider is handed it. */
type Config = Pick<dynamic.Config, "get">;

/** A resource of the IAM API and what is set in it. */
export interface PatchInputs {
  /** Name of the resource: `projects/PROJECT/locations/global/oauthClients/CLIENT`. */
  readonly resource: string;
  /** Fields, as the API names them, and their values. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Fields that are set before the resource goes. */
  readonly fieldsOnDelete?: Readonly<Record<string, unknown>>;
}

interface Request {
  readonly method: "GET" | "PATCH";
  readonly resource: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Whether "not found" may mean "not yet": IAM takes a few seconds until it finds what it has just made. */
  readonly awaited?: boolean;
}

export const iamPatchProvider: dynamic.ResourceProvider & { config?: Config } = {
  async configure({ config }: dynamic.ConfigureRequest) {
    this.config = config;
  },

  async create(inputs: PatchInputs) {
    const { resource, fields } = inputs;
    await ask(this.config, { method: "PATCH", resource, fields, awaited: true });
    return { id: resource, outs: inputs };
  },

  async read(id: string, props: PatchInputs) {
    const found = await ask(this.config, { method: "GET", resource: props.resource });
    // Google keeps for 30 days what is deleted, and answers with it.
    if (found === undefined || found["state"] === "DELETED") return { id: "", props: {} };
    // The API leaves out what is false, nothing or empty.
    const isLeftOut = (value: unknown) => !value || (Array.isArray(value) && value.length === 0);
    const read = Object.entries(props.fields).map(([field, value]) => [
      field,
      found[field] ?? (isLeftOut(value) ? value : null),
    ]);
    return { id, props: { ...props, fields: Object.fromEntries(read) } };
  },

  async diff(_id: string, olds: PatchInputs, news: PatchInputs) {
    const { isDeepStrictEqual } = require("node:util") as typeof import("node:util");
    const replaces = olds.resource === news.resource ? [] : ["resource"];
    const before = [olds.fields, olds.fieldsOnDelete];
    const changes = replaces.length > 0 || !isDeepStrictEqual(before, [news.fields, news.fieldsOnDelete]);
    return { changes, replaces };
  },

  async update(_id: string, _olds: PatchInputs, news: PatchInputs) {
    await ask(this.config, { method: "PATCH", resource: news.resource, fields: news.fields, awaited: true });
    return { outs: news };
  },

  async delete(id: string, inputs: PatchInputs) {
    const { resource, fieldsOnDelete: fields } = inputs;
    if (fields === undefined) return;
    try {
      await ask(this.config, { method: "PATCH", resource, fields });
    } catch (refused) {
      // What is deleted takes no patch, and needs none.
      const { id: found } = await this.read!(id, inputs);
      if (found !== "") throw refused;
    }
  },
};

/** What the API answers; nothing where the resource is not there. A patch that is sent twice does what one does. */
async function ask(
  config: Config | undefined,
  { method, resource, fields, awaited }: Request,
): Promise<Record<string, unknown> | undefined> {
  const endpoint =
    setting(config, "iamWorkforcePoolCustomEndpoint", ["GOOGLE_IAM_WORKFORCE_POOL_CUSTOM_ENDPOINT"]) ??
    `https://iam.${setting(config, "universeDomain", ["GOOGLE_UNIVERSE_DOMAIN"]) ?? "googleapis.com"}/v1/`;
  try {
    const client = await credentials(config);
    const { data } = await client.request<Record<string, unknown>>({
      url: `${endpoint.replace(/\/*$/, "/")}${resource}`,
      method,
      ...(fields && { data: fields, params: { updateMask: Object.keys(fields).join() } }),
      headers: billedTo(config),
      noProxy: ["127.0.0.1", "localhost"],
      timeout: 30_000,
      retryConfig: {
        retry: awaited ? 5 : 3,
        httpMethodsToRetry: ["GET", "PATCH"],
        statusCodesToRetry: [[429, 429], [500, 599], ...(awaited ? [[404, 404]] : [])],
      },
    });
    return data;
  } catch (error) {
    const { response, message } = error as { response?: { status: number; data?: unknown }; message: string };
    if (response?.status === 404 && !awaited) return undefined;
    throw refusal(
      `cannot ${fields ? `set ${Object.keys(fields).join()} of` : "read"} "${resource}"`,
      response,
      message,
    );
  }
}

/** What stands in the stack's config under `gcp:`, else in the environment, as the gcp provider reads both. */
function setting(config: Config | undefined, key: string, variables: readonly string[]): string | undefined {
  return config?.get(`gcp:${key}`) || variables.map((name) => process.env[name]).find((value) => value) || undefined;
}

/**
 * Source: https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference
 */
async function credentials(config: Config | undefined) {
  const { GoogleAuth, Impersonated, OAuth2Client } =
    require("google-auth-library") as typeof import("google-auth-library");
  const scopes = ["https://www.googleapis.com/auth/cloud-platform"];
  const token = setting(config, "accessToken", ["GOOGLE_OAUTH_ACCESS_TOKEN"]);
  const key = setting(config, "credentials", [
    "GOOGLE_CREDENTIALS",
    "GOOGLE_CLOUD_KEYFILE_JSON",
    "GCLOUD_KEYFILE_JSON",
  ]);
  if (!token && !key && setting(config, "externalCredentials", [])) {
    throw new Error(
      '"gcp:externalCredentials" is not read for this; name a file with the same credentials in GOOGLE_APPLICATION_CREDENTIALS',
    );
  }
  // A library that is not told the project's id searches for it before it hands over any credentials.
  const projectId = "none";
  const bearer = new OAuth2Client();
  bearer.setCredentials({ access_token: token ?? null });
  const given = token ? bearer : await new GoogleAuth({ scopes, projectId, ...(key && keyOf(key)) }).getClient();
  const targetPrincipal = setting(config, "impersonateServiceAccount", ["GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"]);
  if (targetPrincipal === undefined) return given;
  const delegates = JSON.parse(setting(config, "impersonateServiceAccountDelegates", []) ?? "[]");
  return new Impersonated({ sourceClient: given, targetPrincipal, delegates, targetScopes: scopes, lifetime: 600 });
}

/** A key as text or as a file's path. No error of the parser is handed on, as it quotes what it could not read. */
function keyOf(key: string) {
  if (!key.trimStart().startsWith("{")) return { keyFile: key };
  try {
    return { credentials: JSON.parse(key) };
  } catch {
    throw new Error('"gcp:credentials", or GOOGLE_CREDENTIALS, is neither JSON nor the path of a file');
  }
}

function billedTo(config: Config | undefined): Record<string, string> {
  const project =
    setting(config, "billingProject", ["GOOGLE_BILLING_PROJECT"]) ??
    setting(config, "project", ["GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"]);
  const isWanted = setting(config, "userProjectOverride", ["USER_PROJECT_OVERRIDE"]) === "true";
  return isWanted && project ? { "x-goog-user-project": project } : {};
}

/** One line for whoever deploys, without a stack of this text's. */
function refusal(what: string, response: { status: number; data?: unknown } | undefined, message: string): Error {
  const said = (response?.data as { error?: { message?: string } } | undefined)?.error?.message ?? message;
  const mend = response?.status === 403 ? "; it takes roles/iam.oauthClientAdmin on its project" : "";
  const error = new Error(`${what}: ${response ? `${response.status}: ` : ""}${said}${mend}`);
  error.stack = "";
  return error;
}
