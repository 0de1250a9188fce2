import { ProviderError } from "../../errors";
import type { Handler } from "../../handler";
import { listAt, textAt } from "../../properties";
import { enumFailures } from "../run/audit";
import { admitPart, globalPart, invalidField, partOutputs } from "./parts";

const PROFILES = ["COMPATIBLE", "MODERN", "RESTRICTED", "CUSTOM", "FIPS_202205"];
const VERSIONS = ["TLS_1_0", "TLS_1_1", "TLS_1_2", "TLS_1_3"];

/** Which versions and ciphers of TLS a proxy speaks. Source: https://cloud.google.com/load-balancing/docs/ssl-policies-concepts */
export const sslPolicy: Handler = {
  ...globalPart("SslPolicy", "sslPolicies"),
  validate: (inputs) => enumFailures(inputs, { profile: PROFILES, minTlsVersion: VERSIONS }),
  defaults: () => ({ profile: "COMPATIBLE", minTlsVersion: "TLS_1_0" }),
  admit(subject, world) {
    const { inputs } = subject;
    const profile = textAt(inputs, "profile") ?? "COMPATIBLE";
    const custom = listAt(inputs, "customFeatures").length > 0;
    const start = `Error in SSL Policy ${String(inputs["name"])}: the profile is set to ${profile}`;
    if (profile === "CUSTOM" && !custom) throw new ProviderError(`${start} but no custom_features are set.`);
    if (profile !== "CUSTOM" && custom) {
      throw new ProviderError(`${start} but using custom_features requires the profile to be CUSTOM.`);
    }
    admitPart(subject, world);
    const version = textAt(inputs, "minTlsVersion") ?? "TLS_1_0";
    if (profile === "RESTRICTED" && version < "TLS_1_2") {
      throw invalidField("minTlsVersion", version, "The profile RESTRICTED needs TLS 1.2 at least.");
    }
  },
  compute: (subject, world) => partOutputs(subject, world),
};
