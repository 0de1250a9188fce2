import * as assert from "node:assert/strict";
import { NotProbed } from "../../verify/deployed/not-probed";
import { type GrantFinding, type GrantReport, isSound } from "../../verify/grants/judge";
import { grantsText } from "../../verify/grants/report";
import { IMAGE } from "../mesh/support";
import { TestGoogle } from "./deployed-google";
import { account, type Change, cliOf, credentialsOf, openMesh, outputsOf, PARTNERS, VALUES } from "./deployed-support";

const INVOKER = "roles/run.invoker";
const MINTS_IDS = "roles/iam.serviceAccountOpenIdTokenCreator";
const MINTS_ALL = "roles/iam.serviceAccountTokenCreator";
const EVE = "user:eve@acme.com";
const WHOLE_POOL =
  "principalSet://iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/ci/*";
const CI = "serviceAccount:ci@acme-dev.iam.gserviceaccount.com";
const NUMBER = "123456789012";

/** A mesh with everything that has a policy: `shop` behind Identity-Aware Proxy, a function with events, a developer. */
const SERVICES = {
  shop: {
    image: `europe-docker.pkg.dev/acme/shop@sha256:${"a".repeat(64)}`,
    ingress: { all: "people sign in" },
    iap: { access: [{ member: "group:staff@acme.com" }, { member: "user:ada@acme.com", until: "2027-03-31" }] },
    calls: ["report"],
  },
  report: {
    image: `europe-docker.pkg.dev/acme/report@sha256:${"a".repeat(64)}`,
    ingress: { all: "developers call it" },
  },
};
const DEVELOPERS = { ann: { member: "user:ann@acme.com", calls: ["report"], until: "2027-03-31" } };
const UNTIL = 'request.time < timestamp("2027-04-01T00:00:00Z")';
const AGENT = `serviceAccount:service-${NUMBER}@gcp-sa-iap.iam.gserviceaccount.com`;

describe("who is let in on Google Cloud", () => {
  let google: TestGoogle;
  beforeEach(async () => {
    google = await new TestGoogle().start();
  });
  afterEach(() => google.stop());

  async function judged(prepare: (google: TestGoogle) => void = () => {}, change: Change = {}): Promise<GrantReport> {
    const mesh = await openMesh(google, change);
    prepare(google);
    try {
      return await mesh.grants();
    } finally {
      await mesh.close();
    }
  }
  const found = async (...args: Parameters<typeof judged>) => (await judged(...args)).findings;
  /** Behind IAP and so on. */
  const whole: Change = {
    world: {
      get cli() {
        const urls = Object.fromEntries(
          Object.keys(SERVICES).map((key) => [key, `https://${key}-${NUMBER}.europe-west9.run.app`]),
        );
        const serviceAccounts = { shop: account("shop"), report: account("report"), ann: account("ann-dev") };
        const values = {
          ...VALUES,
          "cloud-run-mesh:services": JSON.stringify(SERVICES),
          "cloud-run-mesh:developers": JSON.stringify(DEVELOPERS),
        };
        return cliOf(google, {
          config: async () => ({ values, encrypted: new Set() }),
          outputs: async () => ({ ...outputsOf(google), urls, serviceAccounts }),
        });
      },
    },
  };
  const ANN = account("ann-dev");
  const asDeclared = ({ policies, templates }: TestGoogle) => {
    for (const key of Object.keys(SERVICES)) templates.set(key, {});
    policies.settings.set("shop", { ingress: "INGRESS_TRAFFIC_ALL", iapEnabled: true });
    policies.settings.set("report", { ingress: "INGRESS_TRAFFIC_ALL" });
    policies.grant("service shop", INVOKER, AGENT);
    policies.grant("service report", INVOKER, `serviceAccount:${account("shop")}`, `serviceAccount:${ANN}`);
    policies.grant("iap shop", "roles/iap.httpsResourceAccessor", "group:staff@acme.com");
    const until = { expression: UNTIL, title: "until 2027-03-31" };
    policies.bindings
      .get("iap shop")!
      .push({ role: "roles/iap.httpsResourceAccessor", members: ["user:ada@acme.com"], condition: until });
    policies.bindings.set(`account ${ANN}`, [{ role: MINTS_IDS, members: ["user:ann@acme.com"], condition: until }]);
  };

  it("is whom the config declares, and nobody is named where that is so", async () => {
    assert.deepEqual(await judged(), { policies: 7, findings: [] });
    assert.deepEqual(google.requests.toSorted(), [
      "GET /projects/acme-dev/locations/europe-west9/services/api",
      "GET /projects/acme-dev/locations/europe-west9/services/api:getIamPolicy?options.requestedPolicyVersion=3",
      "GET /projects/acme-dev/locations/europe-west9/services/cron",
      "GET /projects/acme-dev/locations/europe-west9/services/cron:getIamPolicy?options.requestedPolicyVersion=3",
      "GET /projects/acme-dev/locations/europe-west9/services/web",
      "GET /projects/acme-dev/locations/europe-west9/services/web:getIamPolicy?options.requestedPolicyVersion=3",
      "POST /crm/v3/projects/acme-dev:getIamPolicy",
      `POST /iam/v1/projects/-/serviceAccounts/${account("api")}:getIamPolicy?options.requestedPolicyVersion=3`,
      `POST /iam/v1/projects/-/serviceAccounts/${account("cron")}:getIamPolicy?options.requestedPolicyVersion=3`,
      `POST /iam/v1/projects/-/serviceAccounts/${account("web")}:getIamPolicy?options.requestedPolicyVersion=3`,
    ]);
  });

  it("is whom the config declares behind Identity-Aware Proxy, and who mints tokens until a day", async () => {
    assert.deepEqual(await judged(asDeclared, whole), { policies: 9, findings: [] });
  });

  it("may be whom a proxy inherits from everything around it", async () => {
    const { findings } = await judged((seeded) => {
      asDeclared(seeded);
      seeded.policies.grant("iap iap_web", "roles/iap.httpsResourceAccessor", "allUsers");
      seeded.policies.grant("iap iap_web/cloud_run-europe-west9", "roles/iap.httpsResourceAccessor", EVE);
      seeded.policies.grant("iap iap_web", "roles/iap.admin", EVE);
    }, whole);
    assert.deepEqual(lines(findings), [
      `undeclared: ${EVE} roles/iap.httpsResourceAccessor on Identity-Aware Proxy on everything in "acme-dev" on Cloud Run in europe-west9: comes through Identity-Aware Proxy to every service in europe-west9`,
      'undeclared: allUsers roles/iap.httpsResourceAccessor on Identity-Aware Proxy on everything in "acme-dev": lets anyone in, unauthenticated',
      `administers: ${EVE} roles/iap.admin on Identity-Aware Proxy on everything in "acme-dev": says who comes through Identity-Aware Proxy to every service of "acme-dev"`,
    ]);
    assert.deepEqual(
      findings.map(({ command }) => command),
      [
        `gcloud iap web remove-iam-policy-binding --resource-type=cloud-run --region=europe-west9 --project=acme-dev --member='${EVE}' --role='roles/iap.httpsResourceAccessor'`,
        "gcloud iap web remove-iam-policy-binding --project=acme-dev --member='allUsers' --role='roles/iap.httpsResourceAccessor'",
        undefined,
      ],
    );
  });

  it("may be anyone, by a grant made by hand", async () => {
    const [finding, ...others] = await found(({ policies }) => policies.grant("service api", INVOKER, "allUsers"));
    assert.deepEqual(
      [finding, others],
      [
        {
          outcome: "undeclared",
          on: 'service "api"',
          member: "allUsers",
          role: INVOKER,
          message: "lets anyone in, unauthenticated",
          command:
            "gcloud run services remove-iam-policy-binding api --region=europe-west9 --project=acme-dev --member='allUsers' --role='roles/run.invoker'",
        },
        [],
      ],
    );
  });

  const lines = (findings: readonly GrantFinding[]) =>
    findings.map(({ outcome, member, role, on, message }) => `${outcome}: ${member} ${role} on ${on}: ${message}`);

  for (const [what, on, role, member, message, more] of [
    [
      "anyone with an account",
      "service web",
      INVOKER,
      "allAuthenticatedUsers",
      "lets in anyone with a Google account",
      {},
    ],
    [
      "somebody beside",
      "service web",
      INVOKER,
      EVE,
      "calls it",
      { declare: `services.web.access: [{ member: "${EVE}", until: YYYY-MM-DD }]` },
    ],
    [
      "a group beside, which needs no end",
      "service web",
      INVOKER,
      "group:staff@acme.com",
      "calls it",
      { declare: 'services.web.access: [{ member: "group:staff@acme.com" }]' },
    ],
    ["every workload of a pool, whom no line declares", "service web", INVOKER, WHOLE_POOL, "calls it", {}],
    [
      "another service of the mesh",
      "service api",
      INVOKER,
      `serviceAccount:${account("cron")}`,
      "calls it",
      { declare: "services.cron.calls: [api]" },
    ],
    ["by another role that calls", "service web", "roles/run.servicesInvoker", PARTNERS, "calls it", {}],
    ["who may change it", "service web", "roles/run.admin", EVE, "calls and changes it, and says who else may", {}],
    ["by a role that nobody knows", "service web", "roles/run.viewer", EVE, "has whatever that role permits", {}],
    [
      "whom nobody can be",
      "service web",
      INVOKER,
      "deleted:user:bob@acme.com?uid=1",
      "opens nothing: whom it names is deleted",
      {},
    ],
    [
      "who mints ID tokens",
      `account ${account("web")}`,
      MINTS_IDS,
      EVE,
      "mints ID tokens of it, and calls whatever that may call",
      {},
    ],
    [
      "who mints any token",
      `account ${account("web")}`,
      MINTS_ALL,
      "allUsers",
      "anyone mints any token of it, and does whatever that may do",
      {},
    ],
    [
      "who deploys as it",
      `account ${account("web")}`,
      "roles/iam.serviceAccountUser",
      EVE,
      "deploys code that runs as it",
      {},
    ],
    ["in every service of the project", "project acme-dev", INVOKER, EVE, 'calls every service of "acme-dev"', {}],
    [
      "as every account of the project",
      "project acme-dev",
      MINTS_ALL,
      EVE,
      'mints any token of every account of "acme-dev", and does whatever that may do',
      {},
    ],
    [
      "through every proxy of the project",
      "project acme-dev",
      "roles/iap.httpsResourceAccessor",
      EVE,
      'comes through Identity-Aware Proxy to every service of "acme-dev"',
      {},
    ],
    [
      "as an agent of another project",
      "project acme-dev",
      MINTS_ALL,
      "serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com",
      'mints any token of every account of "acme-dev", and does whatever that may do',
      {},
    ],
  ] as const) {
    it(`may be ${what}: ${role} on ${on.split("@")[0]}`, async () => {
      const findings = await found(({ policies }) => policies.grant(on, role, member));
      assert.equal(findings.length, 1, JSON.stringify(findings));
      const { outcome, command, message: said, declare } = findings[0]!;
      assert.deepEqual([outcome, said, declare], ["undeclared", message, (more as { declare?: string }).declare]);
      assert.ok(command?.includes(`--member='${member}' --role='${role}'`), command);
      assert.equal(isSound({ policies: 7, findings }), false);
    });
  }

  it("may be whom a grant with a condition names, which the provider cannot manage on Cloud Run", async () => {
    const condition = { expression: 'request.time < timestamp("2027-01-01T00:00:00Z")', title: "soon, or so" };
    const [finding, ...others] = await found(({ policies }) => {
      policies.bindings.get("service web")!.push({ role: INVOKER, members: [PARTNERS], condition });
    });
    assert.deepEqual(others, []);
    assert.equal(finding!.outcome, "undeclared");
    assert.equal(
      `${finding!.message}; ${finding!.note}`,
      `calls it, while ${condition.expression}; a condition on a policy of Cloud Run makes every later change of it by Pulumi fail, so remove it first`,
    );
    assert.equal(
      finding!.command,
      `gcloud run services remove-iam-policy-binding web --region=europe-west9 --project=acme-dev --member='${PARTNERS}' --role='roles/run.invoker' --condition='^;^expression=request.time < timestamp("2027-01-01T00:00:00Z");title=soon, or so'`,
    );
  });

  it("may be whom the config lets in until a day, without the day", async () => {
    const findings = await found((seeded) => {
      asDeclared(seeded);
      seeded.policies.bindings.set(`account ${ANN}`, [{ role: MINTS_IDS, members: ["user:ann@acme.com"] }]);
      seeded.policies.grant("iap shop", "roles/iap.httpsResourceAccessor", "user:ada@acme.com");
    }, whole);
    assert.deepEqual(lines(findings), [
      'undeclared: user:ada@acme.com roles/iap.httpsResourceAccessor on Identity-Aware Proxy on service "shop": comes through Identity-Aware Proxy to it',
      `undeclared: user:ann@acme.com ${MINTS_IDS} on account of "ann": mints ID tokens of it, and calls whatever that may call`,
      `missing: user:ann@acme.com ${MINTS_IDS} on account of "ann": is declared by developers.ann, while ${UNTIL}, and not there`,
    ]);
    assert.deepEqual(
      findings.map(({ command }) => command),
      [
        "gcloud iap web remove-iam-policy-binding --resource-type=cloud-run --service=shop --region=europe-west9 --project=acme-dev --member='user:ada@acme.com' --role='roles/iap.httpsResourceAccessor' --condition=None",
        `gcloud iam service-accounts remove-iam-policy-binding ${ANN} --member='user:ann@acme.com' --role='${MINTS_IDS}'`,
        "pulumi refresh --stack prod && npm run up -- prod",
      ],
    );
  });

  it("may lack somebody whom the config declares", async () => {
    const findings = await found(({ policies }) => policies.bindings.set("service api", []));
    assert.deepEqual(findings, [
      {
        outcome: "missing",
        on: 'service "api"',
        member: `serviceAccount:${account("web")}`,
        role: INVOKER,
        message: "is declared by services.web.calls[0], and not there",
        command: "pulumi refresh --stack prod && npm run up -- prod",
      },
    ]);
  });

  it("may be whom the config let in until a day that is over, until the next deployment", async () => {
    const services = {
      web: { image: IMAGE, ingress: { all: "partners call it" }, access: [{ member: CI, until: "2026-11-01" }] },
    };
    const config = async () => ({
      values: { ...VALUES, "cloud-run-mesh:services": JSON.stringify(services) },
      encrypted: new Set<string>(),
    });
    const outputs = async () => ({ ...outputsOf(google), serviceAccounts: { web: account("web") } });
    const findings = await found(
      ({ policies }) => policies.bindings.set("service web", [{ role: INVOKER, members: [CI] }]),
      { world: { cli: cliOf(google, { config, outputs }) } },
    );
    assert.deepEqual(findings, [
      {
        outcome: "undeclared",
        on: 'service "web"',
        member: CI,
        role: INVOKER,
        message: "calls it, though its last day by services.web.access[0] was 2026-11-01",
        command: "pulumi refresh --stack prod && npm run up -- prod",
      },
    ]);
  });

  it("compares e-mail addresses as IAM does, whatever their case", async () => {
    const rewritten = ({ policies }: TestGoogle) => {
      for (const binding of policies.bindings.get("service web")!) {
        binding.members = binding.members.map((member) => member.replace("ada@acme.com", "Ada@Acme.com"));
      }
    };
    assert.deepEqual(await found(rewritten), []);
  });

  it("may be anyone, by a setting of the service", async () => {
    const findings = await found(({ policies }) => {
      policies.settings.set("api", { ingress: "INGRESS_TRAFFIC_ALL", invokerIamDisabled: true });
    });
    const update = "gcloud run services update api --region=europe-west9 --project=acme-dev";
    assert.deepEqual(findings, [
      {
        outcome: "differs",
        on: 'service "api"',
        message: 'ingress is "all", and "internal" by the config',
        command: `${update} --ingress=internal`,
      },
      {
        outcome: "differs",
        on: 'service "api"',
        message: "invokerIamDisabled is true, and false by the config: lets anyone in, unauthenticated",
        command: `${update} --invoker-iam-check`,
      },
    ]);
  });

  it("is set otherwise where Identity-Aware Proxy is off, or the default URL is", async () => {
    const findings = await found((seeded) => {
      asDeclared(seeded);
      seeded.policies.settings.set("shop", { ingress: "INGRESS_TRAFFIC_ALL", defaultUriDisabled: true });
    }, whole);
    assert.deepEqual(
      findings.map(({ message, command }) => [message, command]),
      [
        [
          "iapEnabled is false, and true by the config",
          "gcloud beta run services update shop --region=europe-west9 --project=acme-dev --iap",
        ],
        [
          "defaultUriDisabled is true, and false by the config",
          "gcloud run services update shop --region=europe-west9 --project=acme-dev --default-url",
        ],
      ],
    );
  });

  it("may be whom a custom role on the project lets in, by what it holds", async () => {
    const findings = await found(({ policies }) => {
      policies.roles.set("projects/acme-dev/roles/caller", ["run.services.get", "run.routes.invoke"]);
      policies.roles.set("projects/acme-dev/roles/reader", ["run.services.get"]);
      policies.grant("project acme-dev", "projects/acme-dev/roles/caller", EVE);
      policies.grant("project acme-dev", "projects/acme-dev/roles/reader", EVE);
      policies.grant("project acme-dev", "organizations/1/roles/unseen", EVE);
    });
    assert.deepEqual(lines(findings), [
      `undeclared: ${EVE} projects/acme-dev/roles/caller on project "acme-dev": has run.routes.invoke in all of "acme-dev"`,
      `unread: ${EVE} organizations/1/roles/unseen on project "acme-dev": could not read what organizations/1/roles/unseen holds: it takes iam.roles.get on organization 1 (You don't have permission to get the role at organizations/1/roles/unseen.)`,
    ]);
  });

  it("may be anyone in the project, by any role", async () => {
    const findings = await found(({ policies }) => {
      policies.grant("project acme-dev", "roles/viewer", "allAuthenticatedUsers");
      policies.grant("project acme-dev", "projects/acme-dev/roles/reader", "allUsers");
    });
    assert.deepEqual(lines(findings), [
      'undeclared: allAuthenticatedUsers roles/viewer on project "acme-dev": anyone has whatever that role permits',
      'undeclared: allUsers projects/acme-dev/roles/reader on project "acme-dev": anyone has whatever that role permits',
    ]);
  });

  it("tells who administers the project, which is no failure", async () => {
    const report = await judged(({ policies }) => {
      policies.grant("project acme-dev", "roles/owner", "user:boss@acme.com", EVE);
      policies.grant("project acme-dev", "roles/editor", `serviceAccount:${NUMBER}@cloudservices.gserviceaccount.com`);
      policies.grant("project acme-dev", "roles/admin", EVE);
      policies.grant("project acme-dev", "roles/writer", EVE);
      policies.grant("project acme-dev", "roles/viewer", EVE);
    }, whole);
    const administer = report.findings.filter(({ on }) => on.startsWith("project"));
    assert.deepEqual(lines(administer), [
      'administers: user:boss@acme.com roles/owner on project "acme-dev": calls and changes every service of "acme-dev", and says who else may',
      `administers: ${EVE} roles/owner on project "acme-dev": calls and changes every service of "acme-dev", and says who else may`,
      `administers: ${EVE} roles/admin on project "acme-dev": calls and changes every service of "acme-dev", and says who else may`,
      `administers: ${EVE} roles/writer on project "acme-dev": calls and changes every service of "acme-dev"`,
    ]);
    assert.equal(isSound({ policies: 7, findings: administer }), true);
  });

  it("takes a person's word for who deploys, but not for who calls", async () => {
    const findings = await found(
      ({ policies }) => {
        policies.grant(`account ${account("web")}`, "roles/iam.serviceAccountUser", CI);
        policies.grant("service web", INVOKER, CI);
      },
      { deployers: [CI] },
    );
    assert.deepEqual(
      findings.map(({ outcome, role }) => `${outcome} ${role}`),
      ["undeclared roles/run.invoker", "administers roles/iam.serviceAccountUser"],
    );
  });

  it("is not known where a policy may not be read, which is told and fails", async () => {
    google.instead = (_, path) => {
      if (!path.includes("getIamPolicy") || !path.includes("web")) return undefined;
      const message = path.includes("serviceAccounts")
        ? "Permission 'iam.serviceAccounts.getIamPolicy' denied on resource (or it may not exist)."
        : "Permission 'run.services.getIamPolicy' denied on resource 'projects/acme-dev/locations/europe-west9/services/web' (or resource may not exist).";
      return { status: 403, body: { error: { code: 403, message, status: "PERMISSION_DENIED" } } };
    };
    const report = await judged();
    assert.deepEqual(report, {
      policies: 5,
      findings: [
        {
          outcome: "unread",
          on: 'service "web"',
          message:
            'could not read who may call service "web": it takes run.services.getIamPolicy on project "acme-dev"',
        },
        {
          outcome: "unread",
          on: 'account of "web"',
          message:
            'could not read who may act as the account of "web": it takes iam.serviceAccounts.getIamPolicy on project "acme-dev"',
        },
      ],
    });
    assert.equal(isSound(report), false);
  });

  it("is read again where Google has no answer for the moment, and not known where that goes on", async () => {
    let busy = 3;
    const unavailable = {
      status: 503,
      body: { error: { code: 503, message: "The service is currently unavailable." } },
    };
    google.instead = (_, path) => (path.includes("/crm/") && busy-- > 0 ? unavailable : undefined);
    assert.deepEqual(await judged(), { policies: 7, findings: [] });
    busy = 4;
    assert.deepEqual(await found(), [
      {
        outcome: "unread",
        on: 'project "acme-dev"',
        message: `could not read who may do what in project "acme-dev": ${google.host} answered 503 (The service is currently unavailable.)`,
      },
    ]);
  });

  it("is not known where it was interrupted", async () => {
    const interrupt = new AbortController();
    interrupt.abort();
    const findings = await found(() => {}, { signal: interrupt.signal });
    assert.deepEqual(
      [...new Set(findings.map(({ outcome, message }) => `${outcome}: ${message}`))],
      ["unread: interrupted"],
    );
    assert.deepEqual(google.requests, []);
  });

  it("is not known without credentials, and that is said once", async () => {
    const why = 'no Google credentials (none here); run "gcloud auth application-default login"';
    const credentials = {
      ...credentialsOf(async () => Promise.reject(new NotProbed(why))),
      headers: async () => Promise.reject(new NotProbed(why)),
    };
    const report = await judged(() => {}, { world: { credentials } });
    assert.deepEqual(
      [...new Set(report.findings.map(({ outcome, message }) => `${outcome}: ${message}`))],
      [`unread: ${why}`],
    );
    assert.deepEqual(grantsText(report, false).split("\n").slice(-2), [
      `? service "web", service "api", service "cron", account of "web", account of "api", account of "cron", project "acme-dev": ${why}`,
      "0 policies read: 7 not read",
    ]);
  });

  it("is shown as a table, with what takes each away below", async () => {
    const report = await judged(({ policies }) => {
      policies.grant("service api", INVOKER, "allUsers");
      policies.grant("project acme-dev", "roles/owner", "user:boss@acme.com", EVE);
    });
    const text = grantsText(report, false).split("\n");
    assert.match(
      text[2] ?? "",
      /^│ ✘ │ allUsers │ roles\/run.invoker │ service "api" +│ no +│ lets anyone in, unauthenticated │$/,
    );
    assert.deepEqual(text.slice(-5), [
      '✘ allUsers has roles/run.invoker on service "api": lets anyone in, unauthenticated',
      "    to take it away: gcloud run services remove-iam-policy-binding api --region=europe-west9 --project=acme-dev --member='allUsers' --role='roles/run.invoker'",
      "administer, which no config declares:",
      `· roles/owner on project "acme-dev": user:boss@acme.com, ${EVE} (calls and changes every service of "acme-dev", and says who else may)`,
      "7 policies read: 1 not declared",
    ]);
  });
});
