/** What mutation testing takes together: sources, and the tests that hold them, all of which run in one process. */
import { readdirSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(__dirname, "../..");

export interface Area {
  /** Folders and files whose TypeScript is changed, from the repository's root. */
  readonly sources: readonly string[];
  /** Sources that no test loads, or that only name others. @default none */
  readonly except?: RegExp;
  /**
   * Tests that hold them, from the repository's root: files, or folders with all their `*.test.ts`. A change is tried on
   * them in this order until one notices: what is fast goes first.
   */
  readonly tests: readonly string[];
  /** Tests among them that take longer than what they would notice is worth. @default none */
  readonly withoutTests?: RegExp;
}

const DATA_PLANE = "tests/sandbox/data-plane";

export const AREAS = {
  policy: {
    sources: ["policy/src"],
    except: /\.examples\.ts$|\/src\/index\.ts$/,
    tests: ["read", "rules", "facts", "messages", "corpus", "forms", "pack"].map(
      (name) => `tests/policy/${name}.test.ts`,
    ),
  },
  mesh: {
    // The names that it shares with the services are held by its tests.
    sources: ["mesh", "services/runtime/contract.ts"],
    tests: ["tests/mesh"],
    withoutTests: /told-together/,
  },
  runtime: {
    sources: ["services/runtime"],
    except: /\/tools\/|runtime\/(index|contract)\.ts$/,
    tests: ["tests/services/iap", ...servicesTests()],
  },
  "auth-proxy": {
    sources: ["services/auth-proxy"],
    except: /\/tools\/|\/main\.ts$/,
    tests: [
      "rules",
      "options",
      "cors",
      "headers",
      "iap",
      "limits",
      "tokens",
      "proxy",
      "faults",
      "streaming",
      "websocket",
    ].map((name) => `tests/services/auth-proxy/${name}.test.ts`),
  },
  "front-end": {
    sources: [
      "sandbox/data-plane/front-end",
      "sandbox/data-plane/proxy",
      "sandbox/data-plane/access.ts",
      "sandbox/data-plane/callers.ts",
    ],
    tests: [
      "header-rules",
      "answers",
      "invokers",
      "tokens",
      "headers",
      "decisions",
      "proxy",
      "admission",
      "upgrade",
      "forward",
      "repeated",
      "iap",
      "load-balancer",
      "not-played",
      "unreadable",
      "function-url",
      "egress",
      "outside",
    ].map((name) => `${DATA_PLANE}/${name}.test.ts`),
  },
  /** Stands for one in the runner's own test: of its changes one is noticed, one is not. */
  fixture: { sources: ["tests/mutation/fixture/source.ts"], tests: ["tests/mutation/fixture/noticed.ts"] },
} as const satisfies Record<string, Area>;

export type AreaName = keyof typeof AREAS;

/** Of services, whose tests run the runtime in this process, and of its parts. */
function servicesTests(): string[] {
  const services = ["backend", "gateway", "order"];
  const parts = [
    "call",
    "clock",
    "environment",
    "identity",
    "media-type",
    "metadata",
    "retry",
    "server",
    "token-source",
    "validate",
  ];
  const all = [...parts, ...services];
  return all.map((name) => `tests/services/${name}.test.ts`);
}

/** Files of the area whose path has this part. */
export function sourcesOf(area: Area, part = ""): string[] {
  return area.sources
    .flatMap((source) => under(source, /(?<!\.d)\.ts$/))
    .filter((file) => !area.except?.test(file) && file.includes(part));
}

export function testsOf(area: Area): string[] {
  return area.tests.flatMap((test) => under(test, /\.test\.ts$/)).filter((file) => !area.withoutTests?.test(file));
}

function under(path: string, wanted: RegExp): string[] {
  if (path.endsWith(".ts")) return [path];
  return (readdirSync(join(ROOT, path), { recursive: true }) as string[])
    .filter((file) => wanted.test(file) && !/(^|\/)(node_modules|dist)\//.test(file))
    .map((file) => `${path}/${file}`)
    .sort();
}
