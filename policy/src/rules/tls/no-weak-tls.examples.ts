import { SSL_POLICIES } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { secret, UNKNOWN } from "../given.examples";

const [type = ""] = SSL_POLICIES;
const VERSION = "minTlsVersion";
const STRONG = "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";

export const examples: Examples = {
  compliant: [
    ...["MODERN", "RESTRICTED", "FIPS_202205"].map((profile) => ({
      because: `TLS 1.2 and ${profile}`,
      type,
      props: { minTlsVersion: "TLS_1_2", profile },
    })),
    { because: "RESTRICTED takes nothing older by itself", type, props: { profile: "RESTRICTED" } },
    {
      because: "RESTRICTED is enough whatever the version turns out to be",
      type,
      props: { profile: "RESTRICTED", minTlsVersion: UNKNOWN },
    },
    { because: "nothing before TLS 1.3", type, props: { minTlsVersion: "TLS_1_3", profile: "MODERN" } },
    {
      because: "one's own choice of cipher suites with forward secrecy",
      type,
      props: { minTlsVersion: "TLS_1_2", profile: "CUSTOM", customFeatures: [STRONG] },
    },
  ],
  violating: [
    ...SSL_POLICIES.map((each) => ({ because: `${each} as Google makes it`, type: each, props: {}, path: VERSION })),
    { because: "the version is left out", type, props: { profile: "MODERN" }, path: VERSION },
    ...["TLS_1_0", "TLS_1_1", "tls_1_2"].map((minTlsVersion) => ({
      because: `the lowest version is ${minTlsVersion}`,
      type,
      props: { profile: "MODERN", minTlsVersion },
      path: VERSION,
    })),
    {
      because: "a secret is no disguise",
      type,
      props: { profile: "MODERN", minTlsVersion: secret("TLS_1_0") },
      path: VERSION,
    },
    { because: "the profile is left out", type, props: { minTlsVersion: "TLS_1_2" }, path: "profile" },
    {
      because: "the profile takes old cipher suites",
      type,
      props: { minTlsVersion: "TLS_1_2", profile: "COMPATIBLE" },
      path: "profile",
    },
    {
      because: "one's own choice has one without forward secrecy",
      type,
      props: {
        minTlsVersion: "TLS_1_2",
        profile: "CUSTOM",
        customFeatures: [STRONG, "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"],
      },
      path: "customFeatures[1]",
    },
    {
      because: "the profile is wrong, whatever the version turns out to be",
      type,
      props: { minTlsVersion: UNKNOWN, profile: "COMPATIBLE" },
      path: "profile",
    },
  ],
  unknown: [
    { because: "the version is computed", type, props: { minTlsVersion: UNKNOWN, profile: "MODERN" }, path: VERSION },
    { because: "the profile is computed", type, props: { profile: UNKNOWN }, path: "profile" },
    {
      because: "the profile is computed, and the version is right",
      type,
      props: { minTlsVersion: "TLS_1_2", profile: UNKNOWN },
      path: "profile",
    },
    {
      because: "a cipher suite is computed",
      type,
      props: { minTlsVersion: "TLS_1_2", profile: "CUSTOM", customFeatures: [STRONG, UNKNOWN] },
      path: "customFeatures[1]",
    },
  ],
};
