import { IAP_SETTINGS, IDENTITY_PLATFORM, PROJECT_SERVICE } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { UNKNOWN } from "../given.examples";

/** The examples stand in a stack that is called dev. */
const config = { stacks: ["prod", "dev"] };
const NAME = "projects/123456789012/iap_web/compute";
const TENANT = IDENTITY_PLATFORM.find((type) => type.endsWith(":Tenant")) ?? "";
const settings = (accessSettings: unknown) => ({ name: NAME, accessSettings });
const GCIP = { gcipSettings: { tenantIds: ["staff-x1y2z"], loginPageUri: "https://sign-in.acme.com" } };
const path = "accessSettings.gcipSettings";

export const examples: Examples = {
  compliant: [
    { because: "without a list no stack forbids it", type: IAP_SETTINGS, props: settings(GCIP) },
    {
      because: "another stack forbids it",
      type: TENANT,
      props: { displayName: "staff" },
      config: { stacks: ["prod"] },
    },
    {
      because: "people sign in through a workforce pool",
      type: IAP_SETTINGS,
      props: settings({
        identitySources: ["WORKFORCE_IDENTITY_FEDERATION"],
        workforceIdentitySettings: { workforcePools: "acme-staff" },
      }),
      config,
    },
    { because: "another API", type: PROJECT_SERVICE, props: { service: "iap.googleapis.com" }, config },
  ],
  violating: [
    { because: "the proxy asks Identity Platform", type: IAP_SETTINGS, props: settings(GCIP), config, path },
    {
      because: "every stack forbids it",
      type: IAP_SETTINGS,
      props: settings(GCIP),
      config: { stacks: ["*"] },
      path,
    },
    {
      because: "the proxy asks it with values that are computed",
      type: IAP_SETTINGS,
      props: settings({ gcipSettings: { tenantIds: UNKNOWN } }),
      config,
      path,
    },
    {
      because: "its API is switched on",
      type: PROJECT_SERVICE,
      props: { service: "identitytoolkit.googleapis.com" },
      config,
      path: "service",
    },
    ...IDENTITY_PLATFORM.map((type) => ({ because: `${type} is made`, type, props: {}, config, path: "" })),
  ],
  unknown: [
    {
      because: "the settings of the proxy are computed",
      type: IAP_SETTINGS,
      props: settings(UNKNOWN),
      config,
      path: "accessSettings",
    },
    {
      because: "the API's name is computed",
      type: PROJECT_SERVICE,
      props: { service: UNKNOWN },
      config,
      path: "service",
    },
  ],
};
