import type { Handler } from "./handler";
import { BUCKET, BUCKET_OBJECT, bucket, bucketObject } from "./handlers/bucket";
import { certificate } from "./handlers/certificates/certificate";
import { certificateMap, certificateMapEntry } from "./handlers/certificates/certificate-map";
import { dnsAuthorization } from "./handlers/certificates/dns-authorization";
import * as certificates from "./handlers/certificates/names";
import { cloudFunction, FUNCTION } from "./handlers/cloud-function";
import { DATABASE_USER, databaseUser } from "./handlers/database-user";
import { grant } from "./handlers/grant";
import { GRANT_KINDS } from "./handlers/grant-kinds";
import * as iam from "./handlers/iam/names";
import { oauthClient } from "./handlers/iam/oauth-client";
import { oauthClientCredential } from "./handlers/iam/oauth-client-credential";
import { workforcePool } from "./handlers/iam/workforce-pool";
import { workforcePoolProvider } from "./handlers/iam/workforce-pool-provider";
import { IAP_SETTINGS, iapSettings } from "./handlers/iap/settings";
import { globalAddress } from "./handlers/load-balancing/address";
import { backendService } from "./handlers/load-balancing/backend-service";
import { globalForwardingRule } from "./handlers/load-balancing/forwarding-rule";
import { networkEndpointGroup } from "./handlers/load-balancing/network-endpoint-group";
import { securityPolicy } from "./handlers/load-balancing/security-policy";
import { sslPolicy } from "./handlers/load-balancing/ssl-policy";
import { targetHttpProxy, targetHttpsProxy } from "./handlers/load-balancing/target-proxy";
import * as balancer from "./handlers/load-balancing/types";
import { urlMap } from "./handlers/load-balancing/url-map";
import { connector } from "./handlers/network/connector";
import { managedZone, RECORDS, recordSet, ZONE } from "./handlers/network/dns";
import { NETWORK, network } from "./handlers/network/network";
import { NAT, ROUTER, router, routerNat } from "./handlers/network/router";
import { SUBNETWORK, subnetwork } from "./handlers/network/subnetwork";
import { projectService } from "./handlers/project-service";
import { runJob } from "./handlers/run/job";
import { JOB, SERVICE, WORKER_POOL } from "./handlers/run/names";
import { CONNECTOR } from "./handlers/run/network";
import { runService } from "./handlers/run/service";
import { runWorkerPool } from "./handlers/run/worker-pool";
import { SECRET, secret } from "./handlers/secret";
import { SECRET_VERSION, secretVersion } from "./handlers/secret-version";
import { ACCOUNT, serviceAccount } from "./handlers/service-account";
import { SERVICE_IDENTITY, serviceIdentity } from "./handlers/service-identity";

/** The types that are played. One more type is one more file and one more line; kinds of grants are in their own table. */
export const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  [SERVICE, runService],
  [JOB, runJob],
  [WORKER_POOL, runWorkerPool],
  [FUNCTION, cloudFunction],
  [BUCKET, bucket],
  [BUCKET_OBJECT, bucketObject],
  [ACCOUNT, serviceAccount],
  [SECRET, secret],
  [SECRET_VERSION, secretVersion],
  [NETWORK, network],
  [SUBNETWORK, subnetwork],
  [CONNECTOR, connector],
  [ROUTER, router],
  [NAT, routerNat],
  [ZONE, managedZone],
  [RECORDS, recordSet],
  [balancer.ADDRESS, globalAddress],
  [balancer.NEG, networkEndpointGroup],
  [balancer.BACKEND_SERVICE, backendService],
  [balancer.URL_MAP, urlMap],
  [balancer.SSL_POLICY, sslPolicy],
  [balancer.SECURITY_POLICY, securityPolicy],
  [balancer.HTTP_PROXY, targetHttpProxy],
  [balancer.HTTPS_PROXY, targetHttpsProxy],
  [balancer.FORWARDING_RULE, globalForwardingRule],
  [DATABASE_USER, databaseUser],
  [certificates.AUTHORIZATION, dnsAuthorization],
  [certificates.CERTIFICATE, certificate],
  [certificates.CERTIFICATE_MAP, certificateMap],
  [certificates.CERTIFICATE_MAP_ENTRY, certificateMapEntry],
  [iam.OAUTH_CLIENT, oauthClient],
  [iam.OAUTH_CREDENTIAL, oauthClientCredential],
  [iam.WORKFORCE_POOL, workforcePool],
  [iam.WORKFORCE_PROVIDER, workforcePoolProvider],
  [IAP_SETTINGS, iapSettings],
  ["gcp:projects/service:Service", projectService],
  [SERVICE_IDENTITY, serviceIdentity],
  ...Object.entries(GRANT_KINDS).map(([type, kind]): [string, Handler] => [type, grant(kind)]),
]);
