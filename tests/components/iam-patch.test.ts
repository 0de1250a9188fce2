/** What an `IamPatch` asks of the IAM API, tried against an API that is played, with credentials by the provider's settings. */
import * as assert from "node:assert/strict";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { iamPatchProvider, type PatchInputs } from "../../components/iam-patch-provider";

const CLIENT = "projects/acme-dev/locations/global/oauthClients/iap-gateway";
const inputs: PatchInputs = {
  resource: CLIENT,
  fields: { disabled: false, allowedRedirectUris: ["https://a.example"] },
};

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

describe("an IamPatch", () => {
  let server: Server;
  let asked: Asked[] = [];
  /** Status and body of each answer in turn; the last one stays. */
  let answers: [number, unknown][] = [];

  before((done) => {
    server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      asked.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      const [status, json] = answers.length > 1 ? answers.shift()! : answers[0]!;
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
    }).listen(0, "127.0.0.1", done);
  });
  after(() => server.close());
  beforeEach(() => {
    asked = [];
    answers = [[200, {}]];
  });

  const endpoint = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  /** The provider as its host has configured it, with this under `gcp:` in the stack's config. */
  const configured = async (gcp: Record<string, string> = {}) => {
    const settings: Record<string, string> = {
      iamWorkforcePoolCustomEndpoint: endpoint(),
      accessToken: "from-the-config",
      ...gcp,
    };
    const get = (key: string) => settings[key.replace(/^gcp:/, "")];
    const provider = { ...iamPatchProvider };
    await provider.configure!({ config: { get, require: get } as never });
    return provider;
  };
  const refused = (code: number, message: string): [number, unknown] => [code, { error: { code, message } }];

  it("names what it sets, with the credentials and the endpoint of the gcp provider", async () => {
    const provider = await configured({ userProjectOverride: "true", project: "acme-dev" });
    assert.deepEqual(await provider.create(inputs), { id: CLIENT, outs: inputs });
    const [{ method, url, headers, body } = {} as Asked, ...more] = asked;
    assert.deepEqual(more, []);
    assert.equal(`${method} ${url}`, `PATCH /v1/${CLIENT}?updateMask=disabled%2CallowedRedirectUris`);
    assert.deepEqual(JSON.parse(body), inputs.fields);
    assert.equal(headers.authorization, "Bearer from-the-config");
    assert.equal(headers["x-goog-user-project"], "acme-dev");
  });

  it("goes by the gcp provider's variables where the config says nothing", async () => {
    const variables = {
      GOOGLE_OAUTH_ACCESS_TOKEN: "from-the-environment",
      GOOGLE_IAM_WORKFORCE_POOL_CUSTOM_ENDPOINT: `${endpoint()}/`,
    };
    const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, variables);
    try {
      const provider = await configured({ iamWorkforcePoolCustomEndpoint: "", accessToken: "" });
      await provider.create(inputs);
    } finally {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    const headers = asked.map((one) => [one.headers.authorization, one.headers["x-goog-user-project"]]);
    assert.deepEqual(headers, [["Bearer from-the-environment", undefined]]);
  });

  it("waits for what IAM has just made and does not find yet, and asks again where IAM is busy", async () => {
    answers = [refused(404, "not found"), refused(503, "busy"), [200, {}]];
    await (await configured()).create(inputs);
    assert.equal(asked.length, 3);
  });

  it("reads what it set, and takes a field that the API leaves out for one that is empty", async () => {
    const provider = await configured();
    answers = [[200, { allowedRedirectUris: ["https://a.example"], clientId: "a1" }]];
    assert.deepEqual(await provider.read!(CLIENT, inputs), { id: CLIENT, props: inputs });
    answers = [[200, { disabled: true }]];
    const { props } = await provider.read!(CLIENT, inputs);
    assert.deepEqual(props.fields, { disabled: true, allowedRedirectUris: null });
    assert.deepEqual(await provider.diff!(CLIENT, props, inputs), { changes: true, replaces: [] });
    assert.deepEqual(await provider.diff!(CLIENT, inputs, inputs), { changes: false, replaces: [] });
  });

  it("is gone where its resource is, or is one that Google still keeps", async () => {
    const provider = await configured();
    for (const answer of [refused(404, "not found"), [200, { state: "DELETED" }] as [number, unknown]]) {
      answers = [answer];
      assert.equal((await provider.read!(CLIENT, inputs)).id, "");
    }
  });

  it("goes with its resource, and sets something first only where that is asked for", async () => {
    const provider = await configured();
    await provider.delete!(CLIENT, inputs);
    assert.deepEqual(asked, []);
    const ending = { ...inputs, fieldsOnDelete: { disabled: true } };
    await provider.delete!(CLIENT, ending);
    assert.deepEqual(
      asked.map(({ method, body }) => [method, body]),
      [["PATCH", '{"disabled":true}']],
    );
    answers = [refused(404, "not found")];
    await provider.delete!(CLIENT, ending);
    answers = [refused(400, "deleted"), [200, { state: "DELETED" }]];
    await provider.delete!(CLIENT, ending);
    answers = [refused(400, "no"), [200, { state: "ACTIVE" }]];
    await assert.rejects(provider.delete!(CLIENT, ending), { message: `cannot set disabled of "${CLIENT}": 400: no` });
  });

  it("moves on to another resource by a replacement", async () => {
    const provider = await configured();
    const other = { ...inputs, resource: `${CLIENT}-2` };
    assert.deepEqual(await provider.diff!(CLIENT, inputs, other), { changes: true, replaces: ["resource"] });
  });

  it("says which role is missing", async () => {
    answers = [refused(403, "Permission 'iam.oauthClients.update' denied on resource.")];
    await assert.rejects((await configured()).create(inputs), {
      message: `cannot set disabled,allowedRedirectUris of "${CLIENT}": 403: Permission 'iam.oauthClients.update' denied on resource.; it takes roles/iam.oauthClientAdmin on its project`,
    });
  });

  it("repeats nothing of credentials that it cannot use", async () => {
    const cannot = `cannot set disabled,allowedRedirectUris of "${CLIENT}"`;
    await assert.rejects(
      (await configured({ accessToken: "", credentials: '{ "private_key": hidden' })).create(inputs),
      {
        message: `${cannot}: "gcp:credentials", or GOOGLE_CREDENTIALS, is neither JSON nor the path of a file`,
      },
    );
    await assert.rejects((await configured({ accessToken: "", externalCredentials: "{}" })).create(inputs), {
      message: `${cannot}: "gcp:externalCredentials" is not read for this; name a file with the same credentials in GOOGLE_APPLICATION_CREDENTIALS`,
    });
    assert.deepEqual(asked, []);
  });
});
