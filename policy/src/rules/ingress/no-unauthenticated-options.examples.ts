import { IAP_SETTINGS } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { secret, UNKNOWN } from "../given.examples";

const path = "accessSettings.corsSettings.allowHttpOptions";
const settings = (accessSettings: unknown) => ({
  name: "projects/123456789012/iap_web/compute/services/web",
  accessSettings,
});
const allowed = (allowHttpOptions: unknown) => settings({ corsSettings: { allowHttpOptions } });

export const examples: Examples = {
  compliant: [
    { because: "it is left out", type: IAP_SETTINGS, props: settings({ reauthSettings: { maxAge: "3600s" } }) },
    { because: "it is off", type: IAP_SETTINGS, props: allowed(false) },
    { because: "the provider reads the text as false", type: IAP_SETTINGS, props: allowed("False") },
    { because: "the settings say nothing of access", type: IAP_SETTINGS, props: settings(undefined) },
  ],
  violating: [
    { because: "it is on", type: IAP_SETTINGS, props: allowed(true), path },
    { because: "it is on by a text", type: IAP_SETTINGS, props: allowed("true"), path },
    { because: "a secret is no disguise", type: IAP_SETTINGS, props: allowed(secret(true)), path },
    {
      because: "for a whole project, beside what is computed",
      type: IAP_SETTINGS,
      props: {
        name: UNKNOWN,
        accessSettings: { oauthSettings: UNKNOWN, corsSettings: { allowHttpOptions: true } },
      },
      path,
    },
  ],
  unknown: [
    { because: "it is computed", type: IAP_SETTINGS, props: allowed(UNKNOWN), path },
    {
      because: "the settings are computed",
      type: IAP_SETTINGS,
      props: settings({ corsSettings: UNKNOWN }),
      path: "accessSettings.corsSettings",
    },
  ],
};
