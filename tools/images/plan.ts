/** What has to be built for a stack, and where it goes. */
import { existsSync } from "node:fs";
import * as path from "node:path";

/** The repository in Artifact Registry that holds every image of a mesh, one image a service. */
export const REPOSITORY = "cloud-run-mesh";

export interface Build {
  /** Key of the service. */
  readonly key: string;
  /** Folder of its code, relative to the project. */
  readonly source: string;
  /** Image without tag or digest. */
  readonly image: string;
  /** A Dockerfile there is used with the whole project as its context; else Google's buildpacks build the folder. */
  readonly dockerfile: string | undefined;
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
    if (!existsSync(path.join(projectFolder, source))) {
      problems.push(`services.${key}.source: there is no folder "${source}"`);
      return [];
    }
    const dockerfile = path.join(source, "Dockerfile");
    const [domain, name] = project.includes(":") ? project.split(":") : ["", project];
    const home = domain === "" ? name : `${domain}/${name}`;
    return [
      {
        key,
        source,
        image: `${region}-docker.pkg.dev/${home}/${REPOSITORY}/${key}`,
        dockerfile: existsSync(path.join(projectFolder, dockerfile)) ? dockerfile : undefined,
      },
    ];
  });
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return builds;
}
