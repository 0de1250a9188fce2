/** The environment in which plain `pulumi` commands run as people run them, with a backend and a home of their own. */
import { mkdirSync } from "node:fs";
import * as path from "node:path";
import { pathToFileURL } from "node:url";
import { childEnvironment } from "../../sandbox/engine";
import { withoutCredentials } from "./pulumi-cli";

/** The folder of our stand-in for the language host of an official release. */
export const LANGUAGE_HOST = path.join(__dirname, "language-host");

export interface PlainPulumiOptions {
  readonly cli: { readonly command: string };
  readonly stateFolder: string;
  /** Port of a served provider by name. */
  readonly providers: Readonly<Record<string, number>>;
}

/** An official release brings its language host, which the engine prefers; ours stands at the end of PATH. */
export function plainPulumi({ cli, stateFolder, providers }: PlainPulumiOptions): NodeJS.ProcessEnv {
  const [home, backend] = [path.join(stateFolder, "home"), path.join(stateFolder, "backend")];
  for (const made of [home, backend]) mkdirSync(made, { recursive: true });
  const env = childEnvironment(withoutCredentials(process.env), home);
  return {
    ...env,
    PATH: [path.dirname(cli.command), env.PATH, LANGUAGE_HOST].join(path.delimiter),
    PULUMI_HOME: path.join(stateFolder, "pulumi-home"),
    PULUMI_BACKEND_URL: pathToFileURL(backend).href,
    PULUMI_CONFIG_PASSPHRASE: "test",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DEBUG_PROVIDERS: Object.entries(providers)
      .map(([name, port]) => `${name}:${port}`)
      .join(","),
  };
}
