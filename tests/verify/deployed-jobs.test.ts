import * as assert from "node:assert/strict";
import type { Probe } from "../../verify/probes";
import { ACCESS_TOKEN, type StoredJob, TestGoogle } from "./deployed-google";
import {
  account,
  type Change,
  cliOf,
  credentialsOf,
  openMesh,
  outcomes,
  outputsOf,
  person,
  VALUES,
} from "./deployed-support";

const inside = ({ from }: Probe) => from !== "internet";
const own = (probe: Probe) => inside(probe) && probe.token === "own";
const edge = (probe: Probe) => own(probe) && probe.expect === "reaches the container";

describe("a deployed stack, probed by temporary jobs", function () {
  this.timeout(30_000);
  let google: TestGoogle;
  beforeEach(async () => {
    google = await new TestGoogle().start();
  });
  afterEach(() => google.stop());

  const enforced = () => {
    google.services.set("web", { invokers: [] });
    google.services.set("cron", { ingress: "internal" });
  };
  /** The other services are not found, so that no job is made for them. */
  const onlyWeb = () => {
    google.templates.delete("api");
    google.templates.delete("cron");
  };
  async function run(which: (probe: Probe) => boolean, change: Change = {}, prepare = () => {}) {
    const mesh = await openMesh(google, { jobs: true, ...change });
    prepare();
    const lines = await outcomes(mesh, which);
    await mesh.close();
    return { lines, progress: mesh.progress };
  }
  const refusing =
    (part: RegExp, status: number, error: object, times = Number.POSITIVE_INFINITY) =>
    () => {
      let left = times;
      google.instead = (method, path) => {
        if (!part.test(`${method} ${path}`) || left <= 0) return undefined;
        left -= 1;
        return { status, body: { error } };
      };
    };
  /** Why the one edge inside the mesh was not probed. */
  const why = async (prepare: () => void, change: Change = {}) => {
    const { lines } = await run(edge, change, () => {
      onlyWeb();
      prepare();
    });
    assert.equal(lines.length, 1);
    return lines[0]!.split("own: ")[1];
  };
  const changes = () => google.requests.filter((request) => /^(POST .*jobs|DELETE)/.test(request));

  it("sends every probe that comes from a service, and from the VPC network in nobody's name", async () => {
    const { lines } = await run(inside, {}, enforced);
    assert.deepEqual(lines, [
      "api from its network -> web, own: as expected, 403",
      "cron from its network -> web, own: as expected, 403",
      "web from its network -> api, own: as expected, 200",
      "cron from its network -> api, own: wrong, 403",
      "web from its network -> api, none: as expected, 403",
      "web from its network -> api, expired: nobody can have an expired token minted",
      "web from its network -> api, wrong audience: as expected, 401",
      "web from its network -> api, wrong key: as expected, 401",
      "web from its network -> api, altered: as expected, 401",
      "web from its network -> api, alg none: as expected, 401",
      "web from its network -> api, other issuer: as expected, 401",
      "web from its network -> api, access token: as expected, 401",
      "web from its network -> cron, own: wrong, 404",
      "api from its network -> cron, own: as expected, 404",
      "nobody from vpc -> cron, none: wrong, 404",
      "nobody from vpc -> cron, expired: nobody can have an expired token minted",
      "nobody from vpc -> cron, wrong audience: wrong, 404",
      "nobody from vpc -> cron, wrong key: wrong, 404",
      "nobody from vpc -> cron, altered: wrong, 404",
      "nobody from vpc -> cron, alg none: wrong, 404",
      "nobody from vpc -> cron, other issuer: wrong, 404",
      "nobody from vpc -> cron, access token: wrong, 404",
    ]);
  });

  it("makes one job a service, with its account and its network, and deletes each", async () => {
    await run(inside);
    const said = google.made.map(({ labels, template }) => {
      const { serviceAccount, vpcAccess, maxRetries, timeout, containers } = template!.template;
      return [serviceAccount, vpcAccess, maxRetries, timeout, containers[0]!.image, labels];
    });
    const image = "gcr.io/distroless/nodejs22-debian12:nonroot";
    const labels = { "mesh-probe": "temporary" };
    assert.deepEqual(said.sort(), [
      [account("api"), undefined, 0, "300s", image, labels],
      [account("cron"), undefined, 0, "300s", image, labels],
      [account("web"), { egress: "ALL_TRAFFIC" }, 0, "300s", image, labels],
    ]);
    assert.ok(google.made.every(({ name }) => /\/jobs\/mesh-probe-(web|api|cron)-[0-9a-f]{8}$/.test(name)));
    assert.deepEqual(google.jobs, []);
  });

  it("sends those of a job and of a worker pool as theirs, from the network that each has now", async () => {
    const image = "europe-docker.pkg.dev/acme/images/app@sha256:0";
    const values = {
      ...VALUES,
      "cloud-run-mesh:jobs": JSON.stringify({ nightly: { image, calls: ["api"] } }),
      "cloud-run-mesh:workerPools": JSON.stringify({ taker: { image, calls: ["web"] } }),
    };
    const { urls, serviceAccounts, ...outputs } = outputsOf(google);
    const accounts = { ...(serviceAccounts as object), nightly: account("nightly"), taker: account("taker") };
    const cli = cliOf(google, {
      config: async () => ({ values, encrypted: new Set() }),
      outputs: async () => ({ ...outputs, urls, serviceAccounts: accounts }),
    });
    const task = ({ caller, token }: Probe) => (caller === "nightly" || caller === "taker") && token === "own";
    const { lines, progress } = await run(task, { world: { cli } }, () => {
      onlyWeb();
      google.templates.set("nightly", { serviceAccount: account("nightly"), vpcAccess: { egress: "ALL_TRAFFIC" } });
      google.templates.set("taker", { serviceAccount: account("elsewhere") });
      google.services.set("api", { invokers: [account("nightly")] });
    });
    const moved = `taker runs as ${account("elsewhere")}, but the stack made ${account("taker")} for it; run "npm run up"`;
    assert.deepEqual(lines, [
      `taker from its network -> web, own: ${moved}`,
      "nightly from its network -> web, own: as expected, 403",
      "nightly from its network -> api, own: as expected, 200",
      `taker from its network -> api, own: ${moved}`,
      "nightly from its network -> cron, own: as expected, 403",
      `taker from its network -> cron, own: ${moved}`,
    ]);
    assert.ok(
      progress.some((line) => line.startsWith("nightly: makes the job mesh-probe-nightly-")),
      progress.join("\n"),
    );
    const template = google.made.find(({ name }) => name.includes("nightly"))?.template?.template;
    assert.deepEqual([template?.serviceAccount, template?.vpcAccess], [account("nightly"), { egress: "ALL_TRAFFIC" }]);
  });

  it("takes another image for those who may not use a foreign one", async () => {
    await run(edge, { jobImage: "europe-docker.pkg.dev/acme/mirror/node:22" }, onlyWeb);
    assert.equal(google.made[0]?.template?.template.containers[0]?.image, "europe-docker.pkg.dev/acme/mirror/node:22");
  });

  it("reads its own result by execution and marker", async () => {
    const { lines } = await run(edge, {}, () => {
      onlyWeb();
      google.logged = (logged) => [{ meshProbe: "of another run", answers: [], results: [] }, {}, ...logged];
    });
    assert.deepEqual(lines, ["web from its network -> api, own: as expected, 200"]);
    assert.match(
      google.logFilters[0]!,
      /^resource\.type="cloud_run_job" resource\.labels\.job_name="(mesh-probe-\w+-\w+)" labels\."run\.googleapis\.com\/execution_name"="\1-x1y2z" jsonPayload\.meshProbe="[0-9a-f]{32}"$/,
    );
  });

  it("leaves no token and nothing of a container's data in the log, and no secret in the job", async () => {
    await run(inside);
    const logs = JSON.stringify([...google.executions.values()].map(({ lines }) => lines));
    assert.ok(logs.includes("403 Forbidden"));
    assert.doesNotMatch(logs, /Bearer|ya29|eyJ|of the container/);
    assert.doesNotMatch(
      JSON.stringify(google.made.map(({ template }) => template!.template.containers[0]!.env)),
      /eyJ|ya29/,
    );
  });

  it("asks for access tokens with the least scope", async () => {
    await run(({ token, from }) => token === "access token" && typeof from === "object", {}, onlyWeb);
    assert.ok(google.shown.includes(`Bearer ${ACCESS_TOKEN}-for-https://www.googleapis.com/auth/userinfo.email`));
  });

  it("tells what goes on", async () => {
    const { progress } = await run(edge, {}, onlyWeb);
    const ofWeb = progress
      .filter((line) => line.startsWith("web: "))
      .map((line) => line.replace(/mesh-probe-\S+?,/, "JOB,"));
    assert.deepEqual(ofWeb, [
      `web: makes the job JOB, which runs as ${account("web")}`,
      "web: the job runs (0 s)",
      "web: the job has ended; waits for its result in Cloud Logging",
      "web: done with the job",
    ]);
  });

  describe("says what a person lacks, and makes nothing green:", () => {
    const denied = (permission: string) => ({
      code: 403,
      message: `Permission '${permission}' denied on resource 'projects/acme-dev' (or it may not exist).`,
      status: "PERMISSION_DENIED",
    });
    const cases: [string, RegExp, object, string][] = [
      [
        "reading the service",
        /GET .*\/services\/web/,
        {},
        'could not read the service web: it takes run.services.get on project "acme-dev"',
      ],
      [
        "making jobs",
        /POST .*jobs\?jobId/,
        denied("run.jobs.create"),
        `could not make a job that runs as ${account("web")}: it takes run.jobs.create on project "acme-dev"`,
      ],
      [
        "seeing jobs",
        /GET .*\/jobs\/[^/]+$/,
        {},
        'could not see whether the job is ready: it takes run.jobs.get on project "acme-dev"',
      ],
      [
        "running jobs",
        /:run/,
        denied("run.jobs.run"),
        'could not run the job: it takes run.jobs.run on project "acme-dev"',
      ],
      [
        "seeing executions",
        /executions/,
        denied("run.executions.get"),
        'could not see whether the job has ended: it takes run.executions.get on project "acme-dev"',
      ],
      [
        "reading logs",
        /entries:list/,
        { message: "The caller does not have permission" },
        'could not read the job\'s result: it takes logging.logEntries.list on project "acme-dev" (The caller does not have permission)',
      ],
    ];
    for (const [what, part, error, message] of cases) {
      it(what, async () => {
        assert.equal(await why(refusing(part, 403, error)), message);
        assert.deepEqual(google.jobs, []);
      });
    }

    it("acting as the service's account", async () => {
      const error = {
        message: `Permission 'iam.serviceaccounts.actAs' denied on service account ${account("web")} (or it may not exist).`,
      };
      assert.equal(
        await why(refusing(/POST .*jobs\?jobId/, 403, error)),
        `could not make a job that runs as ${account("web")}: it takes iam.serviceAccounts.actAs on service account ${account("web")}, e.g. by roles/iam.serviceAccountUser`,
      );
      assert.ok(!google.requests.some((request) => request.startsWith("DELETE")), "there is nothing to delete");
    });
    it("an API that is off", async () => {
      const error = { message: "Cloud Logging API is off", details: [{ reason: "SERVICE_DISABLED" }] };
      const host = google.host;
      assert.equal(
        await why(refusing(/entries:list/, 403, error)),
        `could not read the job's result: ${host} is off in project "acme-dev"; run "gcloud services enable ${host} --project acme-dev"`,
      );
    });
    it("credentials that hold", async () => {
      assert.equal(
        await why(refusing(/services\/web/, 401, { message: `Bearer ${ACCESS_TOKEN} is bad` })),
        'could not read the service web: Google refused the credentials; run "gcloud auth application-default login"',
      );
    });
    it("an image that is allowed", async () => {
      const error = { message: "Image 'gcr.io/x' is not allowed by organization policy.\nat stack" };
      assert.equal(
        await why(refusing(/POST .*jobs\?jobId/, 400, error)),
        `could not make a job that runs as ${account("web")}: ${google.host} answered 400 (Image 'gcr.io/x' is not allowed by organization policy.)`,
      );
    });
    it("one permission, for the services that it is about, and not for the others", async () => {
      const { lines } = await run(own, {}, () => {
        enforced();
        refusing(/services\/api/, 403, {})();
      });
      const missing = 'could not read the service api: it takes run.services.get on project "acme-dev"';
      assert.equal(lines[0], `api from its network -> web, own: ${missing}`);
      assert.equal(lines[1], "cron from its network -> web, own: as expected, 403");
    });
  });

  describe("proves nothing, and says why, where", () => {
    it("the service runs as another account than the stack made", async () => {
      assert.equal(
        await why(() => void google.templates.set("web", { serviceAccount: "other@acme.com" })),
        `web runs as other@acme.com, but the stack made ${account("web")} for it; run "npm run up"`,
      );
      assert.ok(!google.made.some(({ template }) => template?.template.serviceAccount === account("web")));
    });
    it("the job cannot be made ready", async () => {
      const failed = { state: "CONDITION_FAILED", message: "Image not found." };
      const prepare = () => {
        google.instead = (method, path) =>
          method === "GET" && /\/jobs\/mesh-probe-web-\w+$/.test(path)
            ? { status: 200, body: { terminalCondition: failed } }
            : undefined;
      };
      assert.equal(await why(prepare), "its job failed: Image not found.");
    });
    it("the job fails", async () => {
      const broken: Change = { jobImage: "x" };
      const prepare = () => {
        google.instead = (method, _, { jobs }) => {
          for (const job of method === "POST" ? jobs : [])
            job.template!.template.containers[0]!.args = ["-e", "process.exit(3)"];
          return undefined;
        };
      };
      assert.equal(await why(prepare, broken), "its job failed: The container exited with an error.");
    });
    it("the job does not end in time", async () => {
      const prepare = () => {
        google.instead = (_, path) => (path.includes("executions") ? { status: 200, body: {} } : undefined);
      };
      assert.equal(await why(prepare), "its job did not end within 600 s");
    });
    it("the job's execution is not named", async () => {
      const prepare = () => {
        google.instead = (_, path) => (path.endsWith(":run") ? { status: 200, body: {} } : undefined);
      };
      assert.equal(await why(prepare), "Cloud Run ran the job without naming its execution");
    });
    it("its result does not show up", async () => {
      const nothing = () => {
        google.logged = () => [];
      };
      assert.equal(await why(nothing), "Cloud Logging did not show its job's result within 90 s");
    });
    it("its result lacks a probe", async () => {
      const short = () => {
        google.logged = (lines) => lines.map((line) => ({ ...line, results: [[]] }));
      };
      assert.equal(await why(short), "its job's result cannot be read");
    });
    it("its metadata server gives no token", async () => {
      const failing = () => {
        google.metadata = (_, response) => {
          response.writeHead(500).end("eyJhbGciOi");
          return true;
        };
      };
      assert.equal(await why(failing), "the job's metadata server gave no token: it answered 500");
    });
    it("its metadata server answers with what no header can hold", async () => {
      const garbage = () => {
        google.metadata = (_, response) => {
          response.end("eyJhbGciOi.eyJhdWQ\n.c2VjcmV0");
          return true;
        };
      };
      assert.equal(await why(garbage), "no answer");
    });
    it("the receiving service does not answer", async () => {
      const silent = () => void google.services.set("api", { answers: () => {} });
      assert.equal(await why(silent, { timeoutMs: 300 }), "no answer within 0.3 s");
    });
    it("the outputs lack an account", async () => {
      const mesh = await openMesh(google, { jobs: true });
      const observed = await mesh.target.send({
        from: { service: "gone" },
        to: "api",
        token: "own",
        expect: "reaches the container",
        because: "",
      });
      assert.deepEqual(observed, { notProbed: 'the stack\'s outputs lack gone or api; run "npm run up"' });
      await mesh.close();
    });
  });

  it("asks again where Google fails for the moment", async () => {
    const failing = refusing(/GET .*executions|entries:list|DELETE/, 503, {}, 3);
    const { lines } = await run(edge, {}, () => {
      onlyWeb();
      failing();
    });
    assert.deepEqual(lines, ["web from its network -> api, own: as expected, 200"]);
    assert.deepEqual(google.jobs, []);
  });

  it("deletes a job at last where Google fails to for the moment", async () => {
    await why(refusing(/DELETE/, 503, {}, 3));
    assert.deepEqual(google.jobs, []);
  });

  it("follows no redirect from inside", async () => {
    let elsewhere = 0;
    const redirecting = () => {
      google.services.set("api", {
        answers: (_, response) => void response.writeHead(302, { location: "/services/other" }).end(),
      });
      google.services.set("other", {
        answers: (_, response) => {
          elsewhere += 1;
          response.end();
        },
      });
    };
    assert.deepEqual([await why(redirecting), elsewhere], ["as expected, 302", 0]);
  });

  it("deletes a job of which it does not know whether it was made", async () => {
    let isMade = false;
    const made = () => {
      google.instead = (method, path) => {
        if (!path.includes("?jobId=mesh-probe-web") || isMade) return undefined;
        isMade = true;
        google.jobs.push({ name: `projects/p/jobs/${path.split("jobId=")[1]}`, createTime: "2026-11-20T12:00:00Z" });
        return method === "POST" ? { status: 504, body: {} } : undefined;
      };
    };
    assert.equal(await why(made), `could not make a job that runs as ${account("web")}: ${google.host} answered 504`);
    assert.deepEqual(google.jobs, []);
  });

  it("says how to delete a job by hand where it may not", async () => {
    const denied = refusing(/DELETE/, 403, {});
    const { lines, progress } = await run(edge, {}, () => {
      onlyWeb();
      denied();
    });
    assert.deepEqual(lines, ["web from its network -> api, own: as expected, 200"]);
    const told = progress.find((line) => line.startsWith("the job mesh-probe-web"))!;
    const job = google.jobs
      .find(({ name }) => name.includes("mesh-probe-web"))!
      .name.split("/")
      .at(-1);
    assert.equal(
      told,
      `the job ${job} is still there: could not delete the job: it takes run.jobs.delete on project "acme-dev"; delete it: gcloud run jobs delete ${job} --region europe-west9 --project acme-dev`,
    );
  });

  it("deletes what a killed run left behind more than an hour ago, and nothing else", async () => {
    const job = (name: string, createTime: string, labels = { "mesh-probe": "temporary" }): StoredJob => ({
      name: `projects/p/locations/r/jobs/${name}`,
      createTime,
      labels,
    });
    const { progress } = await run(edge, {}, () => {
      onlyWeb();
      google.jobs = [
        job("mesh-probe-old-1", "2026-11-20T10:59:00Z"),
        job("mesh-probe-running", "2026-11-20T11:01:00Z"),
        job("mesh-probe-somebodys", "2026-11-20T10:59:00Z", { "mesh-probe": "mine" }),
        job("reports", "2026-11-20T10:59:00Z"),
        job("mesh-probe-undated", ""),
        job("mesh-probe-old-2", "2026-11-19T12:00:00Z"),
      ];
    });
    const left = google.jobs.map(({ name }) => name.split("/").at(-1));
    assert.deepEqual(left, ["mesh-probe-running", "mesh-probe-somebodys", "reports", "mesh-probe-undated"]);
    assert.deepEqual(progress.slice(0, 2), [
      "deletes the job mesh-probe-old-1, which an earlier run left behind",
      "deletes the job mesh-probe-old-2, which an earlier run left behind",
    ]);
  });

  it("probes where it may not look for left-overs", async () => {
    const denied = refusing(/jobs\?pageSize/, 403, {});
    const { lines, progress } = await run(edge, {}, () => {
      onlyWeb();
      denied();
    });
    assert.deepEqual(lines, ["web from its network -> api, own: as expected, 200"]);
    assert.equal(
      progress[0],
      'could not look for jobs that an earlier run left behind: it takes run.jobs.list on project "acme-dev"',
    );
  });

  for (const [when, part] of [
    ["while a job is being made", /\?jobId/],
    ["while a job runs", /executions/],
    ["while a result is waited for", /entries:list/],
  ] as const) {
    it(`deletes every job when interrupted ${when}, and makes no more`, async () => {
      const stop = new AbortController();
      const { lines } = await run(edge, { signal: stop.signal }, () => {
        google.instead = (method, path) => {
          if (part.test(`${method} ${path}`)) stop.abort();
          return undefined;
        };
      });
      assert.ok(
        lines.every((line) => line.endsWith(": interrupted")),
        lines.join("\n"),
      );
      assert.ok(google.made.length > 0);
      assert.deepEqual(google.jobs, []);
      assert.match(changes().at(-1)!, /^DELETE/);
    });
  }

  it("makes no job for a stack that is closed before any probe needed one", async () => {
    const mesh = await openMesh(google, { jobs: true });
    await mesh.close();
    assert.deepEqual(await outcomes(mesh, edge), ["web from its network -> api, own: interrupted"]);
    assert.deepEqual(google.requests, []);
  });

  it("sends nothing from a VPC network that no service goes through", async () => {
    const nowhere = { from: "vpc", to: "cron", token: "none", because: "" } as const;
    const mesh = await openMesh(google, { jobs: true });
    const services = mesh.graph.services.map((service) => ({ ...service, vpc: undefined }));
    Object.assign(mesh.graph, { services });
    assert.deepEqual(await mesh.target.send({ ...nowhere, expect: { code: 403, cause: "no token" } }), {
      notProbed: "no service of the mesh sends its requests through a VPC network",
    });
    await mesh.close();
  });

  it("says so where there are no credentials", async () => {
    const none = { ...credentialsOf(async () => person()), headers: () => Promise.reject(new Error("no way")) };
    assert.equal(await why(() => {}, { world: { credentials: none } }), "its job failed: no way");
  });
});
