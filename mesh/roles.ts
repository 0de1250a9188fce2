/** The role that lets a principal call a service. Source: https://cloud.google.com/run/docs/reference/iam/roles */
export const INVOKER_ROLE = "roles/run.invoker" as const;

/** The role that lets a principal through Identity-Aware Proxy. Source: https://cloud.google.com/iap/docs/managing-access */
export const IAP_ACCESSOR_ROLE = "roles/iap.httpsResourceAccessor" as const;

/** ID tokens alone, and everything that a token can be. Source: https://cloud.google.com/iam/docs/service-account-permissions */
export const OPEN_ID_TOKEN_CREATOR_ROLE = "roles/iam.serviceAccountOpenIdTokenCreator" as const;
export const TOKEN_CREATOR_ROLE = "roles/iam.serviceAccountTokenCreator" as const;
