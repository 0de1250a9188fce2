import * as pulumi from "@pulumi/pulumi";

/** One resource that a program registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Logical name of the parent; absent at the top. */
  readonly parent?: string;
  readonly inputs: Record<string, unknown>;
  /** Which inputs the engine keeps encrypted; absent for none. */
  readonly secret?: readonly string[];
  /** Logical names of the resources it waits for. */
  readonly waitsFor: readonly string[];
  /** That it is left where it is when the stack would delete it. */
  readonly kept?: true;
}

/** The part of the SDK's mock engine that sees whole registrations; its types leave it out. */
interface Monitor {
  registerResource(
    request: {
      getName(): string;
      getType(): string;
      getParent(): string;
      getDependenciesList(): string[];
      getRetainondelete(): boolean;
    },
    callback: unknown,
  ): Promise<void>;
}

/** What stands in for a provider: the outputs of each resource and function. */
export type Mocks = Pick<pulumi.runtime.Mocks, "call" | "newResource">;

/** Every resource is what was said of it; an account has its address besides, and a domain's authorization its record. */
const ECHO: Mocks = {
  call: ({ inputs }) => inputs,
  newResource: ({ name, inputs }) => {
    const email = `${inputs.accountId}@acme-dev.iam.gserviceaccount.com`;
    const record = { name: `_acme-challenge.${inputs.domain}.`, type: "CNAME", data: `${inputs.domain}.authorize.` };
    return {
      id: `${name}-id`,
      state: {
        ...inputs,
        ...(inputs.accountId && { email, member: `serviceAccount:${email}` }),
        ...(inputs.domain && { dnsResourceRecords: [record] }),
      },
    };
  },
};

/** Runs a piece of a program on mocks and tells what it registered, in order. */
export async function register(build: () => unknown, mocks: Mocks = ECHO): Promise<Registered[]> {
  const inputsOf = new Map<string, Pick<Registered, "inputs" | "secret">>();
  const seen: Omit<Registered, "inputs">[] = [];
  await pulumi.runtime.setMocks({
    call: mocks.call,
    newResource: (args) => {
      const { isRpcSecret, unwrapRpcSecret } = pulumi.runtime;
      // The SDK moves the mark of a secret up to the argument that holds it.
      const secret = Object.keys(args.inputs).filter((key) => isRpcSecret(args.inputs[key]));
      const inputs = Object.fromEntries(
        Object.entries(args.inputs).map(([key, value]) => [key, unwrapRpcSecret(value)]),
      );
      inputsOf.set(`${args.type} ${args.name}`, { inputs, ...(secret.length > 0 && { secret }) });
      return mocks.newResource({ ...args, inputs });
    },
  });
  const monitor = (pulumi.runtime as unknown as { getMonitor(): Monitor }).getMonitor();
  const registerResource = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const last = (urn: string) => urn.split("::").at(-1)!;
    const parent = request.getParent();
    const waitsFor = request.getDependenciesList().map(last).sort();
    const kept = request.getRetainondelete() && ({ kept: true } as const);
    const placed = { ...(parent && { parent: last(parent) }), ...kept };
    seen.push({ type: request.getType(), name: request.getName(), ...placed, waitsFor });
    return registerResource(request, callback);
  };
  await build();
  await pulumi.runtime.disconnect();
  return seen.flatMap((resource) => {
    const inputs = inputsOf.get(`${resource.type} ${resource.name}`);
    return inputs ? [{ ...resource, ...inputs }] : [];
  });
}

/** The one resource of a type and name; fails where it is missing. */
export function only(registered: readonly Registered[], type: string, name?: string): Registered {
  const found = registered.filter((r) => r.type === type && (name === undefined || r.name === name));
  if (found.length !== 1)
    throw new Error(
      `got ${found.length} of ${type} ${name ?? ""} in ${registered.map((r) => `${r.type} ${r.name}`).join(", ")}`,
    );
  return found[0]!;
}

/** What was registered as `type name`, in order. */
export function inventory(registered: readonly Registered[]): string[] {
  return registered.map(({ type, name }) => `${type} ${name}`).sort();
}
