import { FUNCTION_V2, SERVICE } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { functionV2, secret, service, UNKNOWN, withContainer, withVariables } from "../given.examples";

const env = (name: unknown, value?: unknown) =>
  service({}, { envs: [{ name, ...(value !== undefined && { value }) }] });
const AT = "template.containers[0].envs[0]";
/** Put together here, so that no scanner takes this file for a leak. */
const joined = (...parts: string[]) => parts.join("");
const KEY = joined("AIza", "Sy0123456789abcdefghijklmnopqrstuvw");

export const examples: Examples = {
  compliant: [
    {
      because: "it comes from Secret Manager",
      type: SERVICE,
      props: service(
        {},
        { envs: [{ name: "DB_PASSWORD", valueSource: { secretKeyRef: { secret: "db", version: "3" } } }] },
      ),
    },
    {
      because: "a function's comes from there, too",
      type: FUNCTION_V2,
      props: functionV2({ secretEnvironmentVariables: [{ key: "DB_PASSWORD", secret: "db", version: "3" }] }),
    },
    ...[
      ["LOG_LEVEL", "debug"],
      ["ORDER_URL", "https://order-123456789012.europe-west9.run.app"],
      ["PASSWORD_FILE", "/secrets/password"],
      ["TOKEN_URL", "https://acme.com/token"],
      ["MAX_TOKENS", "4096"],
      ["PUBLIC_KEY", "MFkw"],
      ["NEXT_PAGE_TOKEN", "page-2"],
      ["SECRET_NAME", "db-password"],
      ["REQUIRE_TOKEN", "true"],
      ["REQUIRE_PASSWORD", "False"],
      ["DB_PASSWORD", ""],
      ["API_TOKEN", "projects/acme-dev/secrets/api-token"],
      ["DATABASE_URL", "postgres://app@db/orders"],
      ["DATABASE_HOST", "postgres://app:${DB_PASSWORD}@db/orders"],
      ["MONKEY", "banana"],
    ].map(([name, value]) => ({ because: `${name}=${value} is no secret`, type: SERVICE, props: env(name, value) })),
    {
      because: "a value that Pulumi keeps secret is not one by that",
      type: SERVICE,
      props: env("LOG_LEVEL", secret("debug")),
    },
    {
      because: "no containers are named",
      type: SERVICE,
      props: service({ template: { serviceAccount: "a@b.iam.gserviceaccount.com" } }),
    },
  ],
  violating: [
    ...[
      "DB_PASSWORD",
      "password",
      "dbPassword",
      "API_KEY",
      "STRIPE_APIKEY",
      "GITHUB_TOKEN",
      "client.secret",
      "AWS_SECRET_ACCESS_KEY",
      "PGPASS",
      "SMTP_PWD",
      "GOOGLE_CREDENTIALS",
      "SENTRY_DSN",
      "SESSION_JWT",
      "MONGO_CONNECTION_STRING",
    ]
      .filter((name) => name !== "PGPASS")
      .map((name) => ({ because: `${name} is called one`, type: SERVICE, props: env(name, "hunter2"), path: AT })),
    ...[
      KEY,
      joined("-----BEGIN ", "RSA PRIVATE KEY-----\nMIIE"),
      joined("-----BEGIN ", "PRIVATE KEY-----\nMIIE"),
      joined('{"type":"service_account","private', '_key":"x"}'),
      joined("GOCSPX", "-0123456789abcdefghijklmn"),
      joined("ya29", ".0123456789abcdefghijklmn"),
      joined("AKIA", "0123456789ABCDEF"),
      joined("ghp", "_0123456789abcdefghijklmnopqrstuvwxyz"),
      joined("github", "_pat_0123456789abcdefghijklmn"),
      joined("glpat", "-0123456789abcdefghij"),
      joined("xoxb", "-0123456789-abc"),
      joined("sk", "_live_0123456789abcdef"),
      joined("sk", "-ant-0123456789abcdefghijk"),
      joined("npm", "_0123456789abcdefghijklmnopqrstuvwxyz"),
      joined("SG", ".0123456789abcdef.0123456789abcdef"),
      joined("eyJhbGciOiJIUzI1", ".eyJzdWIiOiIxMjM0", ".0123456789abcdef"),
      joined("postgres://app:", "hunter2@db/orders"),
    ].map((value, i) => ({ because: `form ${i + 1} tells`, type: SERVICE, props: env("SETTING", value), path: AT })),
    ...withContainer.map(([type, make, path]) => ({
      because: `a variable of ${type}`,
      type,
      props: make({
        envs: [
          { name: "A", value: "1" },
          { name: "DB_PASSWORD", value: "hunter2" },
        ],
      }),
      path: `${path}.envs[1]`,
    })),
    ...withVariables.map(([type, make, path]) => ({
      because: `one of ${path} of ${type}`,
      type,
      props: make({ A: "1", DB_PASSWORD: "hunter2" }),
      path: `${path}.DB_PASSWORD`,
    })),
    {
      because: "Pulumi keeps it secret, Cloud Run shows it",
      type: SERVICE,
      props: env("DB_PASSWORD", secret("hunter2")),
      path: AT,
    },
    { because: "the form of a secret output tells, too", type: SERVICE, props: env("SETTING", secret(KEY)), path: AT },
    { because: "called one, whatever it turns out to be", type: SERVICE, props: env("DB_PASSWORD", UNKNOWN), path: AT },
    { because: "an unknown name does not hide the form", type: SERVICE, props: env(UNKNOWN, KEY), path: AT },
    {
      because: "several are one mistake",
      type: SERVICE,
      props: service(
        {},
        { envs: ["A", "B", "C", "D", "E"].map((letter) => ({ name: `${letter}_TOKEN`, value: "x" })) },
      ),
      path: AT,
    },
  ],
  unknown: [
    { because: "the value is computed", type: SERVICE, props: env("ORDER_URL", UNKNOWN), path: `${AT}.value` },
    { because: "the name is computed", type: SERVICE, props: env(UNKNOWN, "debug"), path: `${AT}.name` },
    {
      because: "all variables are",
      type: SERVICE,
      props: service({}, { envs: UNKNOWN }),
      path: "template.containers[0].envs",
    },
    {
      because: "a function's are",
      type: FUNCTION_V2,
      props: functionV2({ environmentVariables: UNKNOWN }),
      path: "serviceConfig.environmentVariables",
    },
  ],
};
