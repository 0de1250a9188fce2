/** What a pool's provider lets in: by the control plane's state, or by what is assumed where that has none. */
import * as assert from "node:assert/strict";
import type { ControlPlane, Properties } from "../../../../sandbox/control-plane";
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

describe("providers of a workforce pool", () => {
  let company: Company | undefined;
  afterEach(async () => {
    await company?.plane.close();
    company = undefined;
  });

  interface Tried {
    readonly setUp?: (controlPlane: ControlPlane) => void;
    readonly pool?: string;
    readonly person?: { readonly id?: string };
  }

  /** Signs in, as far as that goes. */
  async function signIn({ setUp, pool = "acme-staff", person = MIA }: Tried): Promise<Page> {
    company = await openCompany({ setUp });
    const { clientId, plane } = company;
    const window = new Browser(await plane.proxyFor({}), REDIRECT);
    const url = plane.signIn.authorizeUrl({ clientId, redirectUri: REDIRECT, state: "s", workforcePool: pool });
    const chooser = await window.open(url);
    return chooser.url.includes("/login/") ? window.press(chooser, { account: person.id ?? "" }) : chooser;
  }
  async function redeemed(page: Page) {
    const { clientId, clientSecret, plane } = company!;
    const code = new URL(page.url).searchParams.get("code") ?? "";
    return plane.signIn.redeem({ code, clientId, clientSecret, redirectUri: REDIRECT });
  }
  const held =
    (more: Properties, oidc: Properties = {}) =>
    (controlPlane: ControlPlane) =>
      workforce(controlPlane, more, oidc);
  async function refused(tried: Tried, code: number, message: string) {
    const page = await signIn(tried);
    assert.deepEqual([page.code, company!.said()], [code, `${code} auth.cloud.google: ${message}`]);
    assert.equal(page.headers.location, undefined);
    await company!.plane.close();
  }

  it("let in whom their condition lets in", async () => {
    const condition = { attributeCondition: `assertion.tid == '${TENANT}' && '${STAFF}' in google.groups` };
    assert.equal((await redeemed(await signIn({ setUp: held(condition) }))).email, MIA.email);
    await company!.plane.close();
    const rejected = "The given credential is rejected by the attribute condition.";
    await refused({ setUp: held(condition), person: NIL }, 403, rejected);
    await refused({ setUp: held({ attributeCondition: "assertion.tid == 'another'" }) }, 403, rejected);
    await refused({ setUp: held({ attributeCondition: "assertion.department == 'lab'" }) }, 403, rejected);
  });

  it("let nobody in by a condition or a mapping that is not read", async () => {
    const exists = "assertion.groups.exists(g, g == 'x')";
    const unread = `the sandbox does not read the expression ${exists}`;
    await refused({ setUp: held({ attributeCondition: exists }) }, 403, unread);
    await refused({ setUp: held({ attributeMapping: { "google.subject": exists } }) }, 403, unread);
  });

  it("need a subject, and map what the token has", async () => {
    const without = { attributeMapping: { "google.subject": "assertion.upn" } };
    const message = "Could not obtain a value for google.subject from the given credential.";
    await refused({ setUp: held(without) }, 403, message);
    const more = { "google.subject": "assertion.preferred_username", "attribute.name": "assertion.name.lowerAscii()" };
    const mia = await redeemed(await signIn({ setUp: held({ attributeMapping: more }) }));
    assert.equal(mia.verifiedEmail, undefined, "nothing is mapped to google.email");
    const set = (rest: string) => `principalSet://iam.googleapis.com/${POOL}/${rest}`;
    const principal = `principal://iam.googleapis.com/${POOL}/subject/mia@acme.example`;
    assert.deepEqual([...mia.members].sort(), [principal, set("*"), set("attribute.name/mia moss")].sort());
  });

  it("that are closed, or that the sandbox does not play, let nobody in and say why", async () => {
    await refused({ setUp: held({ disabled: true }) }, 400, 'the provider "entra" is disabled');
    await refused(
      { setUp: held({ oidc: null, saml: { idpMetadataXml: "<x/>" } }) },
      ...([400, 'the provider "entra" speaks SAML, which the sandbox does not play'] as const),
    );
    const implicit = { webSsoConfig: { responseType: "ID_TOKEN", assertionClaimsBehavior: "ONLY_ID_TOKEN_CLAIMS" } };
    await refused(
      { setUp: held({}, implicit) },
      ...([400, 'the provider "entra" has responseType ID_TOKEN; the sandbox plays CODE alone'] as const),
    );
    for (const issuerUri of ["https://idp.example", "https://login.microsoftonline.com/common/v2.0"]) {
      const message = `the sandbox plays Entra ID alone, and not ${issuerUri}, the issuer of the provider "entra"`;
      await refused({ setUp: held({}, { issuerUri }) }, 400, message);
    }
  });

  it("are chosen from where a pool has several", async () => {
    company = await openCompany({
      setUp: (controlPlane) => {
        workforce(controlPlane);
        const second = provider({ name: "partners", providerId: "partners", displayName: "Partners" });
        controlPlane.seed("gcp:iam/workforcePoolProvider:WorkforcePoolProvider", second);
      },
    });
    const { clientId, plane } = company;
    const window = new Browser(await plane.proxyFor({}), REDIRECT);
    const asked = { clientId, redirectUri: REDIRECT, state: "s", workforcePool: POOL };
    const providers = await window.open(plane.signIn.authorizeUrl(asked));
    assert.match(providers.body, /<h1>Choose a provider<\/h1>/);
    const chooser = await window.press(providers, { provider: `${POOL}/providers/partners` });
    assert.match(chooser.body, /Mia Moss/);
    const back = await window.press(chooser, { account: MIA.id! });
    assert.equal((await redeemed(back)).email, MIA.email);
  });

  it("are assumed where the pool is another stack's, and the log says so", async () => {
    const mia = await redeemed(await signIn({ pool: "elsewhere" }));
    const pool = "locations/global/workforcePools/elsewhere";
    assert.deepEqual([mia.pool, mia.verifiedEmail], [pool, MIA.email]);
    assert.ok(mia.members.has(`principalSet://iam.googleapis.com/${pool}/group/${STAFF}`));
    const said = company!.decisions
      .filter(({ callee }) => callee === "auth.cloud.google")
      .map(({ message }) => message);
    assert.equal(said[0], `to ${pool}/providers/entra; the provider is assumed, as the pool is another stack's`);
  });

  it("are not assumed where the stack has the pool and no provider of it", async () => {
    const setUp = (controlPlane: ControlPlane) => {
      const pool = { workforcePoolId: "acme-staff", parent: "organizations/1", location: "global" };
      controlPlane.seed("gcp:iam/workforcePool:WorkforcePool", pool);
    };
    const page = await signIn({ setUp });
    assert.match(page.body, /There is no workforce provider\./);
  });

  it("know people by the members of grants that `people` tells of them, whose grants then count", async () => {
    const set = (rest: string) => `principalSet://iam.googleapis.com/${POOL}/${rest}`;
    const kim = { email: "kim@workforce.example", principals: [set("group/lab"), set("attribute.site/paris")] };
    company = await openCompany({ people: [kim, GINA] });
    const { clientId, plane } = company;
    const window = new Browser(await plane.proxyFor({}), REDIRECT);
    const asked = { clientId, redirectUri: REDIRECT, state: "s", workforcePool: POOL };
    const chooser = await window.open(plane.signIn.authorizeUrl(asked));
    const { members } = await redeemed(await window.press(chooser, { account: kim.email }));
    for (const member of kim.principals) assert.ok(members.has(member), member);
  });
});
