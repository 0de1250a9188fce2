/** IAM policies as Google's APIs tell them. Source: https://cloud.google.com/iam/docs/reference/rest/v1/Policy */
import type { Place } from "./places";
import type { Settings } from "./settings";

export interface Policy {
  readonly bindings?: readonly Binding[];
}

export interface Binding {
  /** Google leaves out what is empty. */
  readonly role?: string;
  readonly members?: readonly string[];
  readonly condition?: Condition;
}

export interface Condition {
  readonly expression: string;
  readonly title?: string;
  readonly description?: string;
}

/** Who can be asked for the policies of a mesh: Google, or the sandbox. Every method fails with an error for people. */
export interface PolicySource {
  policy(place: Place): Promise<Policy>;
  /** Of a service. */
  settings(place: Place): Promise<Settings>;
  /** Permissions in a custom role, e.g. `projects/acme/roles/caller`. */
  permissionsIn(role: string): Promise<readonly string[]>;
}

/** One member of one binding. */
export interface Grant {
  readonly member: string;
  readonly role: string;
  readonly condition?: Condition;
}

export function grantsIn({ bindings = [] }: Policy): Grant[] {
  return bindings.flatMap(({ role = "", members = [], condition }) =>
    members.map((member) => ({ member, role, ...(condition && { condition }) })),
  );
}
