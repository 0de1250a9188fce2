/** The lists of rules, in the order in which they are documented and reported. */
import type { Rule, RuleRecord, StackRule } from "../rule";
import { noFakedIdentities } from "./balancers/no-faked-identities";
import { noUnarmoredBackends } from "./balancers/no-unarmored-backends";
import { noUnproxiedBackends } from "./balancers/no-unproxied-backends";
import { noWaysAroundBalancers } from "./balancers/no-ways-around-balancers";
import { noForeignImages } from "./contents/no-foreign-images";
import { noForeignProviders } from "./contents/no-foreign-providers";
import { noPlainSecrets } from "./contents/no-plain-secrets";
import { noUnpinnedImages } from "./contents/no-unpinned-images";
import { noUnprotectedProduction } from "./contents/no-unprotected-production";
import { noAuthoritativeGrants } from "./grants/no-authoritative-grants";
import { noBroadMembers } from "./grants/no-broad-members";
import { noConditionsOnCloudRun } from "./grants/no-conditions-on-cloud-run";
import { noEndlessPersonalGrants } from "./grants/no-endless-personal-grants";
import { noInheritedInvokers } from "./grants/no-inherited-invokers";
import { noBroadImpersonation } from "./identity/no-broad-impersonation";
import { noDefaultServiceAccount } from "./identity/no-default-service-account";
import { noPrivilegedServiceAccounts } from "./identity/no-privileged-service-accounts";
import { noUnconditionalFederation } from "./identity/no-unconditional-federation";
import { noUserManagedKeys } from "./identity/no-user-managed-keys";
import { noDisabledInvokerCheck } from "./ingress/no-disabled-invoker-check";
import { noIdentityPlatform } from "./ingress/no-identity-platform";
import { noPublicIapAccessors } from "./ingress/no-public-iap-accessors";
import { noPublicPrincipals } from "./ingress/no-public-principals";
import { noUnauthenticatedOptions } from "./ingress/no-unauthenticated-options";
import { noUnexplainedPublicIngress } from "./ingress/no-unexplained-public-ingress";
import { noBroadCustomRoles } from "./stack/no-broad-custom-roles";
import { noSharedServiceAccount } from "./stack/no-shared-service-account";
import { noUnacceptedAudiences } from "./stack/no-unaccepted-audiences";
import { noUnguardedPaths } from "./stack/no-unguarded-paths";
import { noUnknownRoles } from "./stack/no-unknown-roles";
import { noUnpermittedCalls } from "./stack/no-unpermitted-calls";
import { noUnroutedCalls } from "./stack/no-unrouted-calls";
import { noUnusedGrants } from "./stack/no-unused-grants";
import { noClearText } from "./tls/no-clear-text";
import { noDefaultTls } from "./tls/no-default-tls";
import { noWeakTls } from "./tls/no-weak-tls";

/** Each reads one resource, before it is sent to Google. */
export const rules: readonly Rule[] = [
  noPublicPrincipals,
  noDisabledInvokerCheck,
  noUnexplainedPublicIngress,
  noPublicIapAccessors,
  noUnauthenticatedOptions,
  noIdentityPlatform,
  noDefaultServiceAccount,
  noInheritedInvokers,
  noAuthoritativeGrants,
  noBroadMembers,
  noEndlessPersonalGrants,
  noConditionsOnCloudRun,
  noPrivilegedServiceAccounts,
  noBroadImpersonation,
  noUserManagedKeys,
  noUnconditionalFederation,
  noFakedIdentities,
  noWeakTls,
  noPlainSecrets,
  noUnpinnedImages,
  noForeignImages,
  noUnprotectedProduction,
  noUnarmoredBackends,
  noForeignProviders,
];

/** Each reads the resources of a stack together. */
export const stackRules: readonly StackRule[] = [
  noSharedServiceAccount,
  noUnpermittedCalls,
  noUnacceptedAudiences,
  noUnroutedCalls,
  noUnusedGrants,
  noUnguardedPaths,
  noUnproxiedBackends,
  noWaysAroundBalancers,
  noDefaultTls,
  noClearText,
  noBroadCustomRoles,
  noUnknownRoles,
];

export const allRules: readonly RuleRecord[] = [...rules, ...stackRules];
