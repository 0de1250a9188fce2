/** What has to be built for a stack, and where it goes. */
import { existsSync } from "node:fs";
import * as path from "node:path";

/** The repository in Artifact Registry that holds every image of a mesh, one image a service. */
export const REPOSITORY = "cloud-run-mesh";

export interface Build {
  /** Key of the service. */
  readonly key: string;
  /** Folder of its code, as the config names it. */
  readonly source: string;
  /** The same in full. */
  readonly folder: string;
  /** Image without tag or digest. */
  readonly image: string;
  /**
   * A Dockerfile there, as seen from its context: the whole project, or the folder alone where that lies elsewhere. Where
   * there is none, Google's buildpacks build the folder.
   */
  readonly dockerfile: string | undefined;
  readonly context: string;
}

export interface WrittenService {
  readonly source?: string;
}

/** @throws Error for people, with every service and folder that is missing */
export function planBuilds(
  services: Readonly<Record<string, WrittenService>>,
  wanted: readonly string[],
  { project, region, projectFolder }: { project: string; region: string; projectFolder: string },
): Build[] {
  const problems: string[] = [];
  const withCode = Object.keys(services).filter((key) => services[key]?.source !== undefined);
  for (const key of wanted) {
    if (!Object.hasOwn(services, key)) {
      problems.push(`no service "${key}" in the config; there are: ${Object.keys(services).join(", ")}`);
    } else if (services[key]?.source === undefined) {
      problems.push(`services.${key}: has no "source" to build from; name the folder with its code`);
    }
  }
  if (wanted.length === 0 && withCode.length === 0) {
    problems.push('no service has a "source" to build from; name the folder with its code');
  }
  const builds = (wanted.length > 0 ? wanted : withCode).flatMap((key): Build[] => {
    const source = services[key]?.source;
    if (source === undefined) return [];
    const folder = path.resolve(projectFolder, source);
    if (!existsSync(folder)) {
      problems.push(`services.${key}.source: there is no folder "${source}"`);
      return [];
    }
    const isElsewhere = /^\.\.($|[/\\])/.test(path.relative(projectFolder, folder));
    const context = isElsewhere ? folder : projectFolder;
    const dockerfile = path.join(folder, "Dockerfile");
    const [domain, name] = project.includes(":") ? project.split(":") : ["", project];
    const home = domain === "" ? name : `${domain}/${name}`;
    return [
      {
        key,
        source,
        folder,
        context,
        image: `${region}-docker.pkg.dev/${home}/${REPOSITORY}/${key}`,
        dockerfile: existsSync(dockerfile) ? path.relative(context, dockerfile) : undefined,
      },
    ];
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return builds;
}
