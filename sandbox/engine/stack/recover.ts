/**
 * Back to a state that tells the truth after a kill or a lost answer. Two things can be wrong: the state lists an
 * operation as pending, or a resource exists that the state has never heard of, so that its next create is refused with
 * "already exists": a create whose answer was lost leaves no pending operation, one whose engine was killed does.
 */
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation";
import type { DeclaredResource } from "../engine";
import { nameOf, type PendingOperation } from "../result";

type FindExisting = (wanted: DeclaredResource) => Promise<string | undefined>;

/** The parts of Pulumi's deployment document that recovery reads and writes. */
interface Deployment {
  readonly deployment: {
    resources?: ResourceState[];
    pending_operations?: { resource: ResourceState; type: string }[];
  };
}

interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly custom?: boolean;
  readonly id?: string;
  readonly inputs?: Record<string, unknown>;
  readonly outputs?: Record<string, unknown>;
  readonly parent?: string;
  readonly provider?: string;
  /** Replaced, and still to be deleted. */
  readonly delete?: boolean;
  /** Deleted already, as its replacement takes its name, which is still to be made. */
  readonly pendingReplacement?: boolean;
}

/** Pending operations of an exported stack. */
export function pendingOperations(exported: unknown): PendingOperation[] {
  const { deployment } = exported as Deployment;
  return (deployment.pending_operations ?? []).map(({ resource, type }) => ({
    kind: type,
    urn: resource.urn,
    type: resource.type,
    name: nameOf(resource.urn),
    inputs: resource.inputs ?? {},
  }));
}

/** URNs of the resources in an exported stack. */
export function resourcesIn(exported: unknown): string[] {
  return ((exported as Deployment).deployment.resources ?? []).map(({ urn }) => urn);
}

/** What became of the resources that exist although the state does not know them, by logical name. */
export interface Adoption {
  readonly taken: readonly string[];
  /** Left alone, as the state holds them under another name. */
  readonly held: readonly { readonly name: string; readonly as: string }[];
}

/**
 * Enters every resource into the state that exists although the state does not know: pending creates, and what the
 * program wants to create next. `stack import` drops pending operations, so what is left of them ends here as well;
 * a refresh afterwards reads what is really there. What the state holds under another URN is not entered a second time:
 * the deletion of one entry would delete what the other stands for.
 */
export async function adoptLostCreates(stack: Stack, find: FindExisting): Promise<Adoption> {
  const exported = (await stack.exportStack()) as unknown as Deployment;
  const { resources = [], pending_operations: pending = [] } = exported.deployment;
  const candidates = new Map<string, ResourceState>();
  for (const { resource, type } of pending) if (type === "creating") candidates.set(resource.urn, resource);
  for (const resource of await wantedCreates(stack)) candidates.set(resource.urn, resource);
  const adopted: ResourceState[] = [];
  const held: { name: string; as: string }[] = [];
  for (const resource of candidates.values()) {
    const { type, urn, inputs = {} } = resource;
    const id = await find({ type, name: nameOf(urn), inputs });
    // What is going to be replaced may be found in the place of its replacement.
    const isKnown = resources.some((known) => known.urn === urn && known.id === id && !known.pendingReplacement);
    if (!id || isKnown) continue;
    const other = resources.find((known) => known.urn !== urn && known.type === type && known.id === id);
    if (other) held.push({ name: nameOf(urn), as: nameOf(other.urn) });
    else adopted.push({ ...resource, id, outputs: inputs });
  }
  const adoption = { taken: adopted.map(({ urn }) => nameOf(urn)), held };
  if (adopted.length === 0 && pending.length === 0) return adoption;
  const deployment = { ...exported.deployment, resources: entered(adopted, resources), pending_operations: [] };
  await stack.importStack({ ...exported, deployment } as never);
  return adoption;
}

/** A replacement stands where the replaced one stood, before what depends on it, as the engine writes it down itself. */
function entered(adopted: readonly ResourceState[], resources: readonly ResourceState[]): ResourceState[] {
  const waiting = new Map(adopted.map((resource) => [resource.urn, resource]));
  const placed = resources.flatMap((known) => {
    const taken = known.delete ? undefined : waiting.get(known.urn);
    if (!taken) return [known];
    waiting.delete(known.urn);
    return known.pendingReplacement ? [taken] : [taken, { ...known, delete: true }];
  });
  return [...placed, ...waiting.values()];
}

/** What the program would create now. One that cannot be previewed cannot tell; its pending operations still can. */
async function wantedCreates(stack: Stack): Promise<ResourceState[]> {
  const wanted: ResourceState[] = [];
  const onEvent = ({ resourcePreEvent }: EngineEvent) => {
    const { op, new: state } = resourcePreEvent?.metadata ?? {};
    if ((op !== "create" && op !== "create-replacement") || !state?.custom) return;
    const { urn, type, inputs, parent, provider } = state;
    wanted.push({ urn, type, custom: true, inputs, parent, provider });
  };
  await stack.preview({ onEvent }).catch(() => undefined);
  return wanted;
}
