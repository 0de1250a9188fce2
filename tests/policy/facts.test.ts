/** The tables that rules look things up in, value by value: what is in them, and what only looks like it. */
import * as assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { administers, can, isCustomRole, isKnownRole } from "../../policy/src/facts/roles";
import { isSecretName, looksSecret } from "../../policy/src/facts/secrets";
import { ALL_GRANTS } from "../../policy/src/facts/tokens";
import { rules } from "../../policy/src/rules";

const texts = (words: string) => words.trim().split(/\s+/);

describe("policy facts", () => {
  it("spell the types as the provider does, and miss no grant of those modules", () => {
    const granted =
      "cloudrunv2 cloudrun cloudfunctionsv2 cloudfunctions iap serviceaccount projects folder organizations";
    const modules = texts(`${granted} iam compute identityplatform`);
    const provider = path.dirname(require.resolve("@pulumi/gcp/package.json"));
    const tokens = modules.flatMap((module) =>
      readdirSync(path.join(provider, module))
        .filter((file) => file.endsWith(".js"))
        .flatMap(
          (file) => /__pulumiType = '([^']+)'/.exec(readFileSync(path.join(provider, module, file), "utf8"))?.[1] ?? [],
        ),
    );
    for (const type of rules.flatMap((rule) => rule.types)) assert.ok(tokens.includes(type), type);
    const grants = tokens.filter((token) => /^gcp:(?!iam\/|compute\/).*I[Aa][Mm](Member|Binding|Policy)$/.test(token));
    assert.deepEqual(grants.sort(), [...ALL_GRANTS].sort());
  });

  it("know the services whose roles open nothing, but not their agents'", () => {
    const services = texts(`
      artifactregistry bigquery bigtable cloudkms cloudprofiler cloudsql cloudtrace datastore dns errorreporting file iap
      logging memcache monitoring pubsub redis secretmanager serviceusage spanner storage vpcaccess`);
    for (const service of services) {
      assert.ok(isKnownRole(`roles/${service}.viewer`), service);
      assert.ok(!isKnownRole(`roles/${service}.serviceAgent`), service);
    }
    const roles = texts(`
      browser aiplatform.user cloudfunctions.viewer cloudtasks.enqueuer compute.networkUser eventarc.eventReceiver
      iam.serviceAccountViewer run.builder run.sourceViewer run.viewer`);
    for (const role of roles) assert.ok(isKnownRole(` Roles/${role}`), role);
    for (const role of texts(
      "roles/run.other roles/runx.viewer xroles/run.viewer roles/storage roles/aiplatform.admin",
    ))
      assert.ok(!isKnownRole(role), role);
  });

  it("tell custom roles, admins and powers apart", () => {
    assert.ok(isCustomRole(" projects/p/roles/r") && isCustomRole("organizations/1/roles/r"));
    assert.ok(!isCustomRole("roles/run.invoker") && !isCustomRole("folders/1/roles/r"));
    assert.ok(administers("roles/run.admin") && !administers("projects/p/roles/run.admin"));
    assert.ok(can("roles/editor", "basic") && !can("roles/run.invoker", "basic") && !can("roles/run.viewer", "invoke"));
  });

  it("know the names of secrets", () => {
    const names = texts(`
      DB_PASS DB_PASSWD DB_PASSWORD KEY_PASSPHRASE SMTP_PWD CLIENT_SECRET API_TOKEN GCP_CREDENTIAL GCP_CREDENTIALS
      MAPS_APIKEY MAPS_API_KEY JWT_SECRET_KEY TLS_PRIVATE_KEY S3_ACCESS_KEY DATA_ENCRYPTION_KEY COOKIE_SIGNING_KEY
      HTTP_AUTH_KEY DB_CONNECTION_STRING DB_CONN_STR SENTRY_DSN SESSION_JWT secret clientSecret my-token app.token`);
    for (const name of names) assert.ok(isSecretName(name), name);
    assert.ok(isSecretName(" DB_PASSWORD "));
    const others = texts(`
      PASSWORD_FILE TOKEN_URL MAX_TOKENS BYPASS MONKEY KEY SECRETARY PUBLIC_KEY PUBLIC_API_KEY NEXT_TOKEN PAGE_TOKEN
      NEXT_PAGE_TOKEN CONTINUATION_TOKEN CSRF_TOKEN publicKey`);
    for (const name of others) assert.ok(!isSecretName(name), name);
    for (const name of [undefined, 7, ["token"], `${"x".repeat(40_000)}_token`]) assert.ok(!isSecretName(name));
  });

  it("know the forms of secrets, and not what only begins like one", () => {
    const forms = [
      ["ASIA", "0123456789ABCDEF"],
      ["rk", "_live_0123456789abcdef"],
      ["sk", "-proj-0123456789abcdefghijk"],
      ["-----BEGIN ", "PGP PRIVATE KEY BLOCK-----"],
      ["redis://:", "hunter2@cache:6379"],
    ].map((parts) => parts.join(""));
    for (const form of forms) assert.ok(looksSecret(form), form);
    for (const text of [
      "AKIA0",
      "sk_test_0",
      "postgres://db:5432/a@b",
      "https://a@b",
      "-----BEGIN PUBLIC KEY-----",
      "eyJ.eyJ",
    ])
      assert.ok(!looksSecret(text), text);
    for (const value of [undefined, 7, [forms[0]]]) assert.ok(!looksSecret(value));
  });
});
