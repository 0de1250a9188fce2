import * as assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import type { Identity } from "../../verify/deployed/credentials";
import { NotProbed } from "../../verify/deployed/not-probed";
import { observedOf } from "../../verify/deployed/observed";
import type { Probe } from "../../verify/probes";
import { ACCESS_TOKEN, TestGoogle } from "./deployed-google";
import {
  type Change,
  cliOf,
  credentialsOf,
  openMesh,
  outcomes,
  PARTNERS,
  person,
  robot,
  VALUES,
} from "./deployed-support";

const CI = "ci@acme.iam.gserviceaccount.com";
const toWeb = ({ to, from }: Probe) => to === "web" && from === "internet";
const token =
  (...kinds: Probe["token"][]) =>
  (probe: Probe) =>
    toWeb(probe) && kinds.includes(probe.token);

describe("a deployed stack, probed from the internet", () => {
  let google: TestGoogle;
  beforeEach(async () => {
    google = await new TestGoogle().start();
  });
  afterEach(() => google.stop());

  async function probed(which: (probe: Probe) => boolean, change: Change = {}, prepare = () => {}): Promise<string[]> {
    const mesh = await openMesh(google, change);
    prepare();
    try {
      return await outcomes(mesh, which);
    } finally {
      await mesh.close();
    }
  }
  const answering = (answers: (response: ServerResponse) => void) => () =>
    void google.services.set("web", { answers: (_, response) => answers(response) });
  const html = (status: number, body: string) =>
    answering((response) => void response.writeHead(status, { "content-type": "text/html" }).end(body));
  const as = (identity: ReturnType<typeof person>): Change => ({
    world: { credentials: credentialsOf(async () => identity) },
  });

  it("shows a person who is in the config to be let in, and nobody else's grant", async () => {
    assert.deepEqual(await probed(token("own")), [
      `${PARTNERS} from internet -> web, own: needs credentials of ${PARTNERS}; these are of user:ada@acme.com; if that is one of its members, say so: --member-of ${PARTNERS}`,
      "user:ada@acme.com from internet -> web, own: as expected, 200",
      `serviceAccount:${CI} from internet -> web, own: needs credentials of serviceAccount:${CI}; these are of user:ada@acme.com; impersonate ${CI}`,
    ]);
  });

  it("takes a person's word for being in a group", async () => {
    const [first] = await probed(token("own"), { memberOf: [PARTNERS] });
    assert.equal(first, `${PARTNERS} from internet -> web, own: as expected, 200`);
  });

  it("compares e-mail addresses as IAM does, whatever their case", async () => {
    assert.match(
      (await probed(token("own"), as({ ...person(), member: "user:Ada@Acme.com" })))[1]!,
      /as expected, 200$/,
    );
  });

  it("shows a person with an end to be let in as the account whose tokens they mint, and nobody else", async () => {
    const account = "web-access-sa@acme-dev.iam.gserviceaccount.com";
    const services = JSON.parse(VALUES["cloud-run-mesh:services"] ?? "{}");
    services.web.access = ["user:ada@acme.com", "user:bob@acme.com"].map((member) => ({ member, until: "2031-12-31" }));
    const values = { ...VALUES, "cloud-run-mesh:services": JSON.stringify(services) };
    const cli = cliOf(google, { config: async () => ({ values, encrypted: new Set() }) });
    const minting = (identity: (account: string) => Promise<Identity>): Change => ({
      world: {
        cli,
        credentials: credentialsOf(async () => person()),
        credentialsOf: (of) => credentialsOf(() => identity(of)),
      },
    });
    const isTheirs = (probe: Probe) => toWeb(probe) && probe.via !== undefined;
    const letIn = () => void google.services.set("web", { invokers: [account] });
    assert.deepEqual(
      await probed(
        isTheirs,
        minting(async (of) => robot(of)),
        letIn,
      ),
      [
        "user:ada@acme.com from internet -> web, own: as expected, 200",
        "user:bob@acme.com from internet -> web, own: needs credentials of user:bob@acme.com; these are of user:ada@acme.com",
      ],
    );
    const refuses = minting(async () => {
      throw new NotProbed("Google gave no token for the credentials (Permission denied)");
    });
    const [first] = await probed(isTheirs, refuses, letIn);
    assert.equal(
      first,
      "user:ada@acme.com from internet -> web, own: Google gave no token for the credentials (Permission denied)",
    );
  });

  it("tells a person whose grant does not work, in red", async () => {
    const nobody = () => void google.services.set("web", { invokers: [] });
    assert.match((await probed(token("own"), {}, nobody))[1]!, /own: wrong, 403$/);
  });

  it("refuses each wrong token that this machine can make or get", async () => {
    const group = (probe: Probe) => toWeb(probe) && probe.token !== "own";
    assert.deepEqual(await probed(group), [
      "nobody from internet -> web, none: as expected, 403",
      `${PARTNERS} from internet -> web, none: as expected, 403`,
      `${PARTNERS} from internet -> web, expired: nobody can have an expired token minted`,
      `${PARTNERS} from internet -> web, wrong audience: a person cannot choose the audience of an ID token; impersonate a service account`,
      `${PARTNERS} from internet -> web, wrong key: as expected, 401`,
      `${PARTNERS} from internet -> web, altered: as expected, 401`,
      `${PARTNERS} from internet -> web, alg none: as expected, 401`,
      `${PARTNERS} from internet -> web, other issuer: as expected, 401`,
      `${PARTNERS} from internet -> web, access token: an access token of these credentials is sent nowhere; impersonate a service account`,
    ]);
  });

  it("refuses an access token, which only credentials that impersonate have to show", async () => {
    const [line] = await probed(token("access token"), as(robot(CI)));
    assert.equal(line, `${PARTNERS} from internet -> web, access token: as expected, 401`);
  });

  it("sends what each case says", async () => {
    await probed(token("wrong key", "alg none", "other issuer", "altered"));
    const seen = google.shown.map((header) => {
      const [head = "", claims = ""] = header.replace("Bearer ", "").split(".");
      const read = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
      const { alg, kid } = read(head);
      const { iss, aud, altered } = read(claims);
      return [alg, typeof kid, iss, aud === google.url("web"), altered ?? false];
    });
    assert.deepEqual(seen, [
      ["RS256", "string", "https://accounts.google.com", true, false],
      ["RS256", "undefined", "https://accounts.google.com", false, false],
      ["RS256", "undefined", "https://accounts.google.com", false, true],
      ["none", "undefined", "https://accounts.google.com", true, false],
      ["RS256", "string", "https://issuer.example", true, false],
    ]);
  });

  it("has a service account's token made for another audience", async () => {
    const [line] = await probed(token("wrong audience"), as(robot(CI)));
    assert.equal(line, `${PARTNERS} from internet -> web, wrong audience: as expected, 401`);
    assert.equal(google.shown.length, 1);
  });

  it("lets a service account in that the config names", async () => {
    assert.match((await probed(token("own"), as(robot(CI))))[2]!, /as expected, 200$/);
  });

  it("shows no real access token to a service that does not refuse a forged token", async () => {
    const [line] = await probed(token("access token"), as(robot(CI)), () =>
      answering((response) => void response.end("hello"))(),
    );
    assert.equal(
      line,
      `${PARTNERS} from internet -> web, access token: a forged token was not refused here, so no real access token is sent`,
    );
    assert.ok(google.shown.length > 0 && !google.shown.some((header) => header.includes(ACCESS_TOKEN)));
  });

  it("blames no grant, and proves nothing, where Cloud Run does not take the token of a person", async () => {
    const stranger = person("ada@acme.com", "https://elsewhere.example");
    const lines = await probed(token("own", "altered"), as(stranger));
    const why =
      "Cloud Run does not take the ID token of a person's default credentials here; impersonate a service account";
    assert.equal(lines[1], `user:ada@acme.com from internet -> web, own: ${why}`);
    assert.equal(lines[3], `${PARTNERS} from internet -> web, altered: ${why}`);
  });

  it("probes without credentials what needs none, and says why it does not probe the rest", async () => {
    const why = 'no Google credentials (none here); run "gcloud auth application-default login"';
    const none = credentialsOf(async () => {
      throw new NotProbed(why);
    });
    assert.deepEqual(
      await probed(token("own", "none", "wrong key", "access token"), { world: { credentials: none } }),
      [
        `${PARTNERS} from internet -> web, own: ${why}`,
        `user:ada@acme.com from internet -> web, own: ${why}`,
        `serviceAccount:${CI} from internet -> web, own: ${why}`,
        "nobody from internet -> web, none: as expected, 403",
        `${PARTNERS} from internet -> web, none: as expected, 403`,
        `${PARTNERS} from internet -> web, wrong key: as expected, 401`,
        `${PARTNERS} from internet -> web, access token: ${why}`,
      ],
    );
  });

  it("never shows a token that somebody's error message quotes", async () => {
    const quoting = credentialsOf(async () => {
      throw new Error(`Bearer ${ACCESS_TOKEN} and eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln are bad\n  at stack`);
    });
    const [line] = await probed(token("own"), { world: { credentials: quoting } });
    assert.equal(line, `${PARTNERS} from internet -> web, own: (token) and (token) are bad`);
  });

  it("knocks at an internal service and wants its 404", async () => {
    const [line] = await probed(
      ({ from, to }) => from === "internet" && to === "api",
      {},
      () => void google.services.set("api", { ingress: "internal" }),
    );
    assert.equal(line, "nobody from internet -> api, none: as expected, 404");
  });

  it("is red where an internal service is open", async () => {
    const [line] = await probed(({ from, to }) => from === "internet" && to === "api");
    assert.equal(line, "nobody from internet -> api, none: wrong, 403");
  });

  describe("takes for the container's only what can be nobody else's:", () => {
    const own = async (prepare: () => void) =>
      (await probed(token("own"), { timeoutMs: 300 }, prepare))[1]!.split("own: ")[1];

    it("an error of the application's own", async () => {
      assert.equal(await own(html(404, "<html><title>No such page</title></html>")), "as expected, 404");
    });
    it("not a redirect followed to elsewhere", async () => {
      let elsewhere = 0;
      google.services.set("cron", {});
      const answers = answering((response) => void response.writeHead(302, { location: "/services/other" }).end());
      const other = () => {
        answers();
        google.services.set("other", {
          answers: (_, response) => {
            elsewhere += 1;
            response.end();
          },
        });
      };
      assert.deepEqual([await own(other), elsewhere], ["as expected, 302", 0]);
    });
    it("not 503", async () => {
      assert.equal(
        await own(html(503, "Service Unavailable")),
        "answered 503, which may be Google's front end without a working container; see the service's log",
      );
    });
    it("not 429", async () => {
      assert.match((await own(html(429, "Rate exceeded.")))!, /^answered 429, which may be Google's front end/);
    });
    it("not the page of a host without a service", async () => {
      assert.equal(
        await own(html(404, "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title>")),
        "answered 404 with a page of Google's that names no reason",
      );
    });
    it("not Identity-Aware Proxy", async () => {
      const iap = answering(
        (response) => void response.writeHead(302, { "x-goog-iap-generated-response": "true", location: "/" }).end(),
      );
      assert.equal(await own(iap), "Identity-Aware Proxy answered 302 before the service could");
      const askedToSignIn = observedOf({ status: 401, contentType: "text/html", body: "", iap: true });
      assert.deepEqual(askedToSignIn, { status: 401, reached: false, cause: "not signed in" });
    });
    it("not silence", async () => assert.equal(await own(answering(() => {})), "no answer within 0.3 s"));
    it("not a connection that breaks", async () => {
      assert.equal(await own(answering((response) => void response.destroy())), "no answer (UND_ERR_SOCKET)");
    });
    it("an answer that never ends, without waiting for its end", async () => {
      assert.equal(
        await own(answering((response) => void response.writeHead(200).write("on and on"))),
        "as expected, 200",
      );
    });
  });

  it("sends nothing in the place of a service, and says what would", async () => {
    const lines = await probed(({ from }) => typeof from === "object");
    assert.ok(lines.length > 5);
    for (const line of lines.filter((one) => !one.includes(", expired:"))) {
      assert.match(line, /: needs a job; run with --jobs \(or MESH_PROBE_JOBS=1\)$/);
    }
    assert.deepEqual([google.requests, google.shown], [[], []]);
  });

  it("sends nothing in the name of a member behind a VPC network, and says why", async () => {
    const mesh = await openMesh(google, { jobs: true });
    const probe = { caller: PARTNERS, from: "vpc", to: "api", token: "own", because: "" } as const;
    const observed = await mesh.target.send({ ...probe, expect: "reaches the container" });
    assert.deepEqual(observed, {
      notProbed: `comes from a VPC network in the name of ${PARTNERS}, whose credentials no job has`,
    });
    await mesh.close();
    assert.deepEqual(google.requests, []);
  });

  it("gives up what is under way when interrupted", async () => {
    const stop = new AbortController();
    const mesh = await openMesh(google, { signal: stop.signal });
    answering(() => stop.abort())();
    assert.deepEqual(await outcomes(mesh, token("none")), [
      "nobody from internet -> web, none: interrupted",
      `${PARTNERS} from internet -> web, none: interrupted`,
    ]);
    await mesh.close();
  });
});
