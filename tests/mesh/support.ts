import type { MeshInput } from "../../mesh";
import type { WrongConfig } from "./wrong/wrong-config";

export const TODAY = "2026-11-23";
export const IMAGE = "europe-docker.pkg.dev/acme/images/app@sha256:0";

type Change = Pick<WrongConfig, "config" | "web" | "api" | "also" | "place">;

/** A sound mesh, web -> api, with changes laid over it; `undefined` takes a key away. */
export function meshInput({ config, web, api, also, place }: Change = {}): MeshInput {
  const without = (value: object) => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined));
  return {
    project: "acme-dev",
    region: "europe-west9",
    projectNumber: "123456789012",
    ...place,
    config: without({
      network: { network: "default", subnetwork: "default" },
      services: {
        web: without({ image: IMAGE, calls: ["api"], ...web }),
        api: without({ image: IMAGE, ...api }),
        ...also,
      },
      ...config,
    }),
  };
}
