/** What of a service decides who reaches it besides its policy, and how that differs from the config. */
import type { ReceiverSpec } from "../../mesh";
import type { GrantFinding } from "./judge";
import type { MeshInPlace, Place } from "./places";

/** As Cloud Run tells it. Source: https://cloud.google.com/run/docs/reference/rest/v2/projects.locations.services */
export interface Settings {
  readonly ingress: string;
  readonly invokerIamDisabled: boolean;
  readonly iapEnabled: boolean;
  readonly defaultUriDisabled: boolean;
}

/** By the word of the config, Cloud Run's own and gcloud's. */
const INGRESS = {
  internal: { setting: "INGRESS_TRAFFIC_INTERNAL_ONLY", flag: "internal" },
  "load-balancer": { setting: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER", flag: "internal-and-cloud-load-balancing" },
  all: { setting: "INGRESS_TRAFFIC_ALL", flag: "all" },
} as const;

/** What the config says. */
export function settingsOf({ ingress, iap, defaultUrlDisabled = false }: ReceiverSpec): Settings {
  return {
    ingress: INGRESS[typeof ingress === "object" ? "all" : ingress].setting,
    invokerIamDisabled: false,
    iapEnabled: iap !== undefined,
    defaultUriDisabled: defaultUrlDisabled,
  };
}

export function judgeSettings(now: Settings, place: Place, { project, region }: MeshInPlace): GrantFinding[] {
  const wanted = place.settings!;
  const update = `run services update ${place.name} --region=${region} --project=${project}`;
  return (Object.keys(wanted) as (keyof Settings)[])
    .filter((setting) => now[setting] !== wanted[setting])
    .map((setting) => ({
      outcome: "differs",
      on: place.label,
      message: `${setting} is ${inWords(now[setting])}, and ${inWords(wanted[setting])} by the config${
        setting === "invokerIamDisabled" ? ": lets anyone in, unauthenticated" : ""
      }`,
      command: `gcloud ${setting === "iapEnabled" ? "beta " : ""}${update} ${flag(setting, wanted)}`,
    }));
}

/** As the config has it: `"internal"`. */
function inWords(value: string | boolean): string {
  const word = Object.entries(INGRESS).find(([, { setting }]) => setting === value)?.[0];
  return word === undefined ? String(value) : JSON.stringify(word);
}

/**
 * What sets it; Identity-Aware Proxy in gcloud's beta alone, as of 2026-11.
 * Sources: https://cloud.google.com/sdk/gcloud/reference/run/services/update and its sibling under `beta`
 */
function flag(setting: keyof Settings, { ingress, iapEnabled, defaultUriDisabled }: Settings): string {
  switch (setting) {
    case "ingress":
      return `--ingress=${Object.values(INGRESS).find((one) => one.setting === ingress)!.flag}`;
    case "invokerIamDisabled":
      return "--invoker-iam-check";
    case "iapEnabled":
      return iapEnabled ? "--iap" : "--no-iap";
    case "defaultUriDisabled":
      return defaultUriDisabled ? "--no-default-url" : "--default-url";
  }
}
