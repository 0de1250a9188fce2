/** What a pool's provider lets in: by the control plane's state, or by what is assumed where that has none. */
import * as assert from "node:assert/strict";
import type { Properties } from "../../../../sandbox/control-plane";
import { Browser, type Page } from "./browser";
import {
  type Company,
  GINA,
  MIA,
  NIL,
  openCompany,
  POOL,
  provider,
  REDIRECT,
  STAFF,
  TENANT,
  workforce,
} from "./company";

const PROVIDER_TYPE = "gcp:iam/workforcePoolProvider:WorkforcePoolProvider";
const SITE = "principalSet://iam.googleapis.com/locations/global/workforcePools/elsewhere/attribute.site/paris";
const KIM = { email: "kim@workforce.example", principals: [SITE] };

describe("providers of a workforce pool", () => {
  let company: Company;
  before(async () => {
    company = await openCompany({ setUp: workforce, people: [MIA, NIL, KIM, GINA] });
  });
  after(() => company.plane.close());

  /** The provider as the stack has it now. */
  function held(more: Properties = {}, oidc: Properties = {}): void {
    company.controlPlane.seed(PROVIDER_TYPE, provider(more, oidc));
  }

  interface Tried {
    readonly pool?: string;
    readonly account?: string;
  }

  async function begin(pool: string): Promise<{ window: Browser; page: Page }> {
    const { clientId, plane } = company;
    const window = new Browser(await plane.proxyFor({}), REDIRECT);
    const asked = { clientId, redirectUri: REDIRECT, state: "s", workforcePool: pool };
    return { window, page: await window.open(plane.signIn.authorizeUrl(asked)) };
  }
  /** Signs in, as far as that goes. */
  async function signIn({ pool = "acme-staff", account = MIA.id! }: Tried = {}): Promise<Page> {
    const { window, page } = await begin(pool);
    return page.url.includes("/login/") ? window.press(page, { account }) : page;
  }
  async function redeemed(page: Page) {
    const { clientId, clientSecret, plane } = company;
    const code = new URL(page.url).searchParams.get("code") ?? "";
    return plane.signIn.redeem({ code, clientId, clientSecret, redirectUri: REDIRECT });
  }
  async function refused(code: number, message: string, tried: Tried = {}) {
    const page = await signIn(tried);
    assert.deepEqual([page.code, company.said()], [code, `${code} auth.cloud.google: ${message}`]);
    assert.equal(page.headers.location, undefined);
  }

  it("let in whom their condition lets in", async () => {
    held({ attributeCondition: `assertion.tid == '${TENANT}' && '${STAFF}' in google.groups` });
    assert.equal((await redeemed(await signIn())).email, MIA.email);
    const rejected = "The given credential is rejected by the attribute condition.";
    await refused(403, rejected, { account: NIL.id! });
    for (const attributeCondition of ["assertion.tid == 'another'", "assertion.department == 'lab'"]) {
      held({ attributeCondition });
      await refused(403, rejected);
    }
  });

  it("let nobody in by a condition or a mapping that is not read", async () => {
    const exists = "assertion.groups.exists(g, g == 'x')";
    const unread: Properties[] = [{ attributeCondition: exists }, { attributeMapping: { "google.subject": exists } }];
    for (const more of unread) {
      held(more);
      await refused(403, `the sandbox does not read the expression ${exists}`);
    }
  });

  it("need a subject, and map what the token has", async () => {
    held({ attributeMapping: { "google.subject": "assertion.upn" } });
    await refused(403, "Could not obtain a value for google.subject from the given credential.");
    const subject = { "google.subject": "assertion.preferred_username" };
    held({ attributeMapping: { ...subject, "attribute.name": "assertion.name.lowerAscii()" } });
    const mia = await redeemed(await signIn());
    assert.equal(mia.verifiedEmail, undefined, "nothing is mapped to google.email");
    const set = (rest: string) => `principalSet://iam.googleapis.com/${POOL}/${rest}`;
    const principal = `principal://iam.googleapis.com/${POOL}/subject/mia@acme.example`;
    assert.deepEqual([...mia.members].sort(), [principal, set("*"), set("attribute.name/mia moss")].sort());
  });

  it("that are closed, or that the sandbox does not play, let nobody in and say why", async () => {
    held({ disabled: true });
    await refused(400, 'the provider "entra" is disabled');
    held({ oidc: null, saml: { idpMetadataXml: "<x/>" } });
    await refused(400, 'the provider "entra" speaks SAML, which the sandbox does not play');
    held({}, { webSsoConfig: { responseType: "ID_TOKEN", assertionClaimsBehavior: "ONLY_ID_TOKEN_CLAIMS" } });
    await refused(400, 'the provider "entra" has responseType ID_TOKEN; the sandbox plays CODE alone');
    for (const issuerUri of ["https://idp.example", "https://login.microsoftonline.com/common/v2.0"]) {
      held({}, { issuerUri });
      await refused(400, `the sandbox plays Entra ID alone, and not ${issuerUri}, the issuer of the provider "entra"`);
    }
  });

  it("are chosen from where a pool has several", async () => {
    for (const providerId of ["staff", "partners"]) {
      const name = { name: providerId, providerId, displayName: providerId.toUpperCase() };
      company.controlPlane.seed(PROVIDER_TYPE, provider({ ...name, workforcePoolId: "acme-many" }));
    }
    const { window, page } = await begin("acme-many");
    assert.match(page.body, /<h1>Choose a provider<\/h1>/);
    assert.match(page.body, /<strong>PARTNERS<\/strong>/);
    const partners = "locations/global/workforcePools/acme-many/providers/partners";
    const chooser = await window.press(page, { provider: partners });
    assert.match(chooser.body, /Mia Moss/);
    const { pool } = await redeemed(await window.press(chooser, { account: MIA.id! }));
    assert.equal(pool, "locations/global/workforcePools/acme-many");
  });

  it("are assumed where the pool is another stack's, and the log says so", async () => {
    const mia = await redeemed(await signIn({ pool: "elsewhere" }));
    const pool = "locations/global/workforcePools/elsewhere";
    assert.deepEqual([mia.pool, mia.verifiedEmail], [pool, MIA.email]);
    assert.ok(mia.members.has(`principalSet://iam.googleapis.com/${pool}/group/${STAFF}`));
    const said = company.decisions.map(({ message }) => message);
    assert.ok(said.includes(`to ${pool}/providers/entra; the provider is assumed, as the pool is another stack's`));
  });

  it("know people by the members of grants that `people` tells of them, whose grants then count", async () => {
    const { members } = await redeemed(await signIn({ pool: "elsewhere", account: KIM.email }));
    assert.ok(members.has(SITE));
  });

  it("are not assumed where the stack has the pool and no provider of it", async () => {
    const pool = { workforcePoolId: "acme-empty", parent: "organizations/1", location: "global" };
    company.controlPlane.seed("gcp:iam/workforcePool:WorkforcePool", pool);
    assert.match((await signIn({ pool: "acme-empty" })).body, /There is no workforce provider\./);
  });
});
