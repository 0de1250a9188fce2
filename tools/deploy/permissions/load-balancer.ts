import { hasWorkforce } from "../../../mesh/project-services";
import { type Row, when } from "./row";

const balanced = when(({ loadBalancer }) => loadBalancer !== undefined);
const signsIn = when(hasWorkforce);

/**
 * What it takes to put a load balancer with Identity-Aware Proxy in front of services.
 *
 * Sources: https://cloud.google.com/load-balancing/docs/https/setup-global-ext-https-serverless,
 * https://cloud.google.com/certificate-manager/docs/roles-and-permissions, https://cloud.google.com/iap/docs/managing-access
 */
export const LOAD_BALANCER: readonly Row[] = [
  {
    permissions: [
      "compute.globalAddresses.create",
      "compute.globalAddresses.get",
      "compute.globalAddresses.use",
      "compute.globalForwardingRules.create",
      "compute.globalForwardingRules.get",
    ],
    what: "reserve the address of the load balancer and open its ports",
    where: "`loadBalancer`",
    on: balanced,
  },
  {
    permissions: [
      "compute.regionNetworkEndpointGroups.create",
      "compute.regionNetworkEndpointGroups.get",
      "compute.regionNetworkEndpointGroups.use",
      "compute.backendServices.create",
      "compute.backendServices.get",
      "compute.backendServices.update",
      "compute.backendServices.use",
    ],
    what: "put services behind the load balancer",
    where: "`loadBalancer`",
    on: balanced,
  },
  {
    permissions: [
      "compute.securityPolicies.create",
      "compute.securityPolicies.get",
      "compute.securityPolicies.update",
      "compute.securityPolicies.use",
      "compute.backendServices.setSecurityPolicy",
    ],
    what: "put Cloud Armor before them",
    where: "`loadBalancer` without `protection.off`",
    on: when(({ loadBalancer }) => loadBalancer?.protection !== undefined),
  },
  {
    permissions: [
      "compute.urlMaps.create",
      "compute.urlMaps.get",
      "compute.urlMaps.update",
      "compute.urlMaps.use",
      "compute.targetHttpProxies.create",
      "compute.targetHttpProxies.get",
      "compute.targetHttpProxies.use",
      "compute.targetHttpsProxies.create",
      "compute.targetHttpsProxies.get",
      "compute.targetHttpsProxies.use",
      "compute.sslPolicies.create",
      "compute.sslPolicies.get",
      "compute.sslPolicies.use",
    ],
    what: "lead requests to them",
    where: "`loadBalancer`",
    on: balanced,
  },
  {
    permissions: [
      "certificatemanager.certmapentries.create",
      "certificatemanager.certmapentries.get",
      "certificatemanager.certmaps.create",
      "certificatemanager.certmaps.get",
      "certificatemanager.certmaps.use",
      "certificatemanager.certs.create",
      "certificatemanager.certs.get",
      "certificatemanager.certs.use",
      "certificatemanager.dnsauthorizations.create",
      "certificatemanager.dnsauthorizations.get",
      "certificatemanager.dnsauthorizations.use",
      "certificatemanager.operations.get",
    ],
    what: "have certificates issued for the domains",
    where: "`loadBalancer`",
    on: balanced,
  },
  {
    permissions: ["iap.webServices.getSettings", "iap.webServices.updateSettings"],
    what: "say how people sign in",
    where: "`workforcePool`, and `loadBalancer` with `iap.reauth`",
    on: when((mesh) => hasWorkforce(mesh) || mesh.loadBalancer?.iap.reauth !== undefined),
  },
  {
    permissions: [
      "iam.oauthClients.create",
      "iam.oauthClients.get",
      "iam.oauthClients.update",
      "iam.oauthClientCredentials.create",
      "iam.oauthClientCredentials.get",
      "iam.oauthClientCredentials.update",
    ],
    what: "make the OAuth client that people of a workforce pool sign in with",
    where: "`workforcePool`",
    on: signsIn,
  },
];
