/** From a page behind a load balancer to Entra ID and back, with nothing in between that a test plays. */
import * as assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { textAt } from "../../../../sandbox/control-plane/properties";
import { make, NUMBER, PROJECT } from "../../control-plane/cloud";
import { accessor, backend, frontend, HOST, SETTINGS, settings } from "../balanced";
import { deploy, grant, type Mesh, openMesh } from "../mesh";
import { Browser, type Page } from "./browser";
import { GINA, MIA, NIL, POOL, STAFF } from "./company";

const AGENT = `serviceAccount:service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`;
const OAUTH = "gcp:iam/oauthClient:OauthClient";
const CREDENTIAL = "gcp:iam/oauthClientCredential:OauthClientCredential";

describe("sign-in through Identity-Aware Proxy", () => {
  let mesh: Mesh;
  before(async () => {
    mesh = await openMesh(
      (controlPlane) => {
        make(controlPlane, "gcp:projects/serviceIdentity:ServiceIdentity", "agent", {
          ...{ project: PROJECT, service: "iap.googleapis.com" },
        });
        for (const name of ["portal", "google"]) {
          deploy(controlPlane, name, { self: { ingress: "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER" } });
          grant(controlPlane, name, AGENT);
          backend(controlPlane, name);
        }
        frontend(controlPlane, { "/": "portal", "/google": "google" });
        accessor(controlPlane, "portal", `principalSet://iam.googleapis.com/${POOL}/group/${STAFF}`);
        accessor(controlPlane, "google", `user:${GINA.email}`);
        const client = { project: PROJECT, location: "global", oauthClientId: "iap-gateway" };
        const inputs = {
          ...{ ...client, allowedGrantTypes: ["AUTHORIZATION_CODE_GRANT"], clientType: "CONFIDENTIAL_CLIENT" },
          allowedScopes: ["https://www.googleapis.com/auth/cloud-platform"],
        };
        const placeholder = { ...inputs, allowedRedirectUris: ["https://iap.googleapis.com/"] };
        const clientId = textAt(controlPlane.seed(OAUTH, placeholder).state, "clientId") ?? "";
        const redirect = `https://iap.googleapis.com/v1/oauth/clientIds/${clientId}:handleRedirect`;
        controlPlane.seed(OAUTH, { ...inputs, allowedRedirectUris: [redirect] });
        const credential = { project: PROJECT, location: "global", oauthclient: "iap-gateway" };
        const secret = controlPlane.seed(CREDENTIAL, { ...credential, oauthClientCredentialId: "iap-gateway" });
        const clientSecret = textAt(secret.state, "clientSecret") ?? "";
        // The pool is another stack's: what names it has the control plane assume it.
        make(controlPlane, SETTINGS, "settings", {
          name: `projects/${NUMBER}/iap_web/compute`,
          accessSettings: {
            identitySources: ["WORKFORCE_IDENTITY_FEDERATION"],
            workforceIdentitySettings: { workforcePools: "acme-staff", oauth2: { clientId, clientSecret } },
          },
        });
        settings(controlPlane, "iap_web/compute/services/google-backend", {
          accessSettings: { identitySources: ["IDENTITY_SOURCE_UNSPECIFIED"] },
        });
      },
      { people: [MIA, NIL, GINA] },
    );
    await mesh.plane.ready();
  });
  after(() => mesh?.plane.close());

  async function open(path: string, account: string): Promise<Page> {
    const window = new Browser(await mesh.plane.proxyFor({}), "nowhere");
    return window.press(await window.open(`https://${HOST}${path}`), { account });
  }

  it("brings somebody of a pool to the page that they asked for, known by their principal", async () => {
    const page = await open("/tickets?open=1", MIA.id!);
    assert.deepEqual([page.code, page.url], [200, `https://${HOST}/tickets?open=1`], page.body);
    const { headers } = page.json() as { headers: Record<string, string> };
    const { email, workforce_identity: known } = decodeJwt(headers["x-goog-iap-jwt-assertion"]!) as {
      email: string;
      workforce_identity: { iam_principal: string };
    };
    assert.deepEqual(
      [email, known.iam_principal],
      [MIA.email, `principal://iam.googleapis.com/${POOL}/subject/${MIA.id}`],
    );
  });

  it("turns away who is in none of the groups that have access", async () => {
    const page = await open("/tickets", NIL.id!);
    assert.deepEqual([page.code, page.headers["x-goog-iap-generated-response"]], [403, "true"]);
  });

  it("brings somebody with a Google account to the page that they asked for", async () => {
    const page = await open("/google/notes", GINA.email);
    assert.deepEqual([page.code, page.url], [200, `https://${HOST}/google/notes`], page.body);
  });

  it("brings nobody back who has cancelled", async () => {
    const window = new Browser(await mesh.plane.proxyFor({}), "nowhere");
    const page = await window.press(await window.open(`https://${HOST}/`), { cancel: "yes" });
    assert.equal(page.code, 400);
    assert.equal(mesh.decisions.at(-1)!.message, "the sign-in ended with access_denied");
  });
});
