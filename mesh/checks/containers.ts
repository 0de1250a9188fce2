import { didYouMean, type Finding } from "../problems";
import type { ServiceSpec } from "../spec/spec";
import { checkInstance, type Instance, type InstanceKind } from "./container/instance";
import { checkMounts } from "./container/mounts";

/** Checks of the containers of an instance together: what each gets, what it mounts, and which waits for which. */
export function checkContainers(spec: Instance & Pick<ServiceSpec, "cloudSql">, kind: InstanceKind): Finding[] {
  return [...checkMounts(spec), ...checkOrder(spec), ...checkInstance(spec, kind)];
}

function checkOrder({ sidecars = {} }: Pick<ServiceSpec, "sidecars">): Finding[] {
  const problems: Finding[] = [];
  const containers = ["main", ...Object.keys(sidecars)];
  for (const [name, { dependsOn = [] }] of Object.entries(sidecars)) {
    const path = `sidecars.${name}`;
    if (name === "main") {
      const message = '"main" is the name of the service\'s own container; choose another';
      problems.push({ path, message, restsOn: [] });
    }
    dependsOn.forEach((other, i) => {
      const at = `${path}.dependsOn[${i}]`;
      if (other === name) problems.push({ path: at, message: `"${other}" waits for itself; remove the entry` });
      else if (!containers.includes(other)) {
        const message = `unknown container "${other}"${didYouMean(other, containers)}`;
        problems.push({ path: at, message, restsOn: [`sidecars.${other}`] });
      }
    });
  }
  return [...problems, ...circles(sidecars)];
}

/** Containers that wait for each other, each circle told once. Seen: Cloud Run refuses it. */
function circles(sidecars: NonNullable<ServiceSpec["sidecars"]>): Finding[] {
  const done = new Set<string>();
  const follow = (name: string, before: readonly string[]): Finding[] => {
    if (before.includes(name)) {
      const circle = before.slice(before.indexOf(name));
      if (circle.length < 2) return [];
      const message = `waits in a circle: ${[...circle, name].map((one) => `"${one}"`).join(", ")}; remove one entry`;
      const path = `sidecars.${name}.dependsOn`;
      return [{ path, message, restsOn: circle.map((one) => `sidecars.${one}.dependsOn`) }];
    }
    if (done.has(name)) return [];
    done.add(name);
    return (sidecars[name]?.dependsOn ?? []).flatMap((other) => follow(other, [...before, name]));
  };
  return Object.keys(sidecars).flatMap((name) => follow(name, []));
}
