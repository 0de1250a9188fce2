import { projectOfEmail } from "../../../../google/accounts";
import type { Subject, World } from "../../handler";
import { at, listAt, textAt } from "../../properties";
import { SECRET, secretId } from "../secret";
import { readableVersion } from "../secret-version";
import { ACCOUNT, accountPath } from "../service-account";
import type { Template } from "./template";
import { runsAs } from "./template";

/** Predefined roles with `secretmanager.versions.access`. Source: https://cloud.google.com/iam/docs/roles-permissions/secretmanager */
const READERS = ["roles/secretmanager.secretAccessor", "roles/secretmanager.admin", "roles/owner"];

interface SecretUse {
  place: string;
  secret: string;
  version: string;
}

/**
 * Why a revision cannot start: secrets that are missing, have no such version, or that its account may not read. Google
 * looks at these when the revision starts, after the service was created.
 */
export function secretProblems(subject: Template, world: World): string[] {
  const problems: string[] = [];
  const email = runsAs(subject.template, subject.project, world);
  for (const { place, secret, version } of secretUses(subject, world)) {
    const [, project = "", , name = ""] = secret.split("/");
    const path = `projects/${world.projects.number(project)}/secrets/${name}/versions/${version}`;
    const missing = `${place}: Secret ${path} was not found`;
    let stored = world.find(SECRET, secret);
    if (!stored) {
      try {
        stored = world.need(SECRET, { project, secretId: name }, () => new Error(missing));
      } catch {
        problems.push(missing);
        continue;
      }
    }
    if (!mayRead(secret, project, email, world)) {
      problems.push(
        `${place}: Permission denied on secret: ${path} for Revision service account ${email}. The service account used must be granted the 'Secret Manager Secret Accessor' role (roles/secretmanager.secretAccessor) at the secret, project or higher level.`,
      );
    } else if (!stored.external && !readableVersion(secret, version, world)) problems.push(missing);
  }
  return problems;
}

/** The provider's words for a revision or an execution that cannot start; `13` is the code of an internal error. */
export function startFailure(kind: string, subject: Subject, what: string, problems: readonly string[]): string[] {
  if (problems.length === 0) return [];
  const doing = subject.previous ? "Updating" : "Creating";
  return [`Error waiting for ${doing} ${kind}: Error code 13, message: ${what}${problems.join("\n")}`];
}

function mayRead(secret: string, project: string, email: string, world: World): boolean {
  const home = projectOfEmail(email);
  const account = home === undefined ? undefined : world.find(ACCOUNT, accountPath(email, home));
  if (account?.external && world.find(SECRET, secret)?.external) return true;
  const [member, now] = [`serviceAccount:${email}`, world.now()];
  return [secret, project].some((target) => world.grants.holds(target, member, READERS, now));
}

function secretUses({ template, project }: Template, world: World): SecretUse[] {
  const uses: SecretUse[] = [];
  listAt(template, "containers").forEach((container, c) => {
    listAt(container, "envs").forEach((env, e) => {
      const secret = textAt(env, "valueSource", "secretKeyRef", "secret");
      if (secret === undefined) return;
      uses.push({
        place: `spec.template.spec.containers[${c}].env[${e}].value_from.secret_key_ref.name`,
        secret: secretId(secret, project, world),
        version: textAt(env, "valueSource", "secretKeyRef", "version") ?? "latest",
      });
    });
  });
  listAt(template, "volumes").forEach((volume, v) => {
    const secret = textAt(volume, "secret", "secret");
    if (secret === undefined) return;
    const items = listAt(volume, "secret", "items");
    for (const item of items.length > 0 ? items : [{}]) {
      uses.push({
        place: `spec.template.spec.volumes[${v}].secret.items.key`,
        secret: secretId(secret, project, world),
        version: String(at(item, "version") ?? "latest"),
      });
    }
  });
  return uses;
}
