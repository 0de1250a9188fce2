/** A load balancer with Identity-Aware Proxy before two services, for the people of a company's workforce pool. */
import type { ControlPlane } from "../../../sandbox/control-plane";
import { textAt } from "../../../sandbox/control-plane/properties";
import { make, NUMBER, PROJECT } from "../control-plane/cloud";
import { accessor, backend, frontend, settings } from "./balanced";
import { deploy, email, grant, type Mesh, openMesh } from "./mesh";
import { MIA, NIL, POOL, STAFF, workforce } from "./sign-in/company";

const CLIENT = "gcp:iam/oauthClient:OauthClient";
const CREDENTIAL = "gcp:iam/oauthClientCredential:OauthClientCredential";
const AGENT = `serviceAccount:service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`;

/** Mia is of the staff, which has access; Nil is not. */
export const [STAFF_MEMBER, STRANGER] = [MIA, NIL];

/** The OAuth client of IAM, for which programs get their ID tokens. */
export function clientIdOf({ controlPlane }: Mesh): string {
  return textAt(controlPlane.list({ type: CLIENT })[0]?.state, "clientId") ?? "";
}

export function openGateway(clock: () => Date): Promise<Mesh> {
  return openMesh(setUp, { people: [STAFF_MEMBER, STRANGER], clock });
}

function setUp(controlPlane: ControlPlane): void {
  const agent = { project: PROJECT, service: "iap.googleapis.com" };
  make(controlPlane, "gcp:projects/serviceIdentity:ServiceIdentity", "agent", agent);
  for (const name of ["portal", "desk"]) {
    deploy(controlPlane, name, { self: { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" } });
    grant(controlPlane, name, AGENT);
    backend(controlPlane, name);
    accessor(controlPlane, name, `principalSet://iam.googleapis.com/${POOL}/group/${STAFF}`);
    accessor(controlPlane, name, `serviceAccount:${email("desk")}`);
  }
  frontend(controlPlane, { "/": "portal", "/desk": "desk" });
  workforce(controlPlane);
  const oauth2 = oauthClient(controlPlane);
  settings(controlPlane, "iap_web/compute", {
    accessSettings: {
      identitySources: ["WORKFORCE_IDENTITY_FEDERATION"],
      workforceIdentitySettings: { workforcePools: POOL, oauth2 },
    },
  });
}

/** Its redirect address has the client id that Google generates: it is known only when the client is there. */
function oauthClient(controlPlane: ControlPlane): { clientId: string; clientSecret: string } {
  const client = {
    ...{ location: "global", oauthClientId: "iap-client", project: PROJECT, clientType: "CONFIDENTIAL_CLIENT" },
    ...{ allowedGrantTypes: ["AUTHORIZATION_CODE_GRANT"] },
    allowedScopes: ["https://www.googleapis.com/auth/cloud-platform"],
  };
  const made = controlPlane.seed(CLIENT, { ...client, allowedRedirectUris: ["https://iap.googleapis.com/"] });
  const clientId = textAt(made.state, "clientId") ?? "";
  const redirect = `https://iap.googleapis.com/v1/oauth/clientIds/${clientId}:handleRedirect`;
  controlPlane.seed(CLIENT, { ...client, allowedRedirectUris: [redirect] });
  const credential = controlPlane.seed(CREDENTIAL, {
    ...{ location: "global", project: PROJECT, oauthclient: "iap-client", oauthClientCredentialId: "one" },
    clientSecret: "the-secret-of-the-iam-client",
  });
  return { clientId, clientSecret: textAt(credential.state, "clientSecret") ?? "" };
}
