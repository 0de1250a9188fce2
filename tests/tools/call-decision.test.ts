/** What `npm run call` says of each reason that the sandbox can have for a decision. */
import * as assert from "node:assert/strict";
import { accessGraph, formatProblems, parseMesh } from "../../mesh";
import { REASON_CODES, type ReasonCode } from "../../sandbox/data-plane";
import { explainDecision } from "../../tools/call/decision";
import { meshInput } from "../mesh/support";

const CODE = 418;
const MESSAGE = "what the front end found";
const FIRST = `${CODE}: ${MESSAGE}`;
const GRANTED = "  granted: user:ada@acme.com";
const LINE =
  '  to grant it, in the stack config, beside what is there: services.web.access: [{ member: "user:bob@acme.com", until: YYYY-MM-DD }]';
const GOOD_TOKEN = `${FIRST}\n  npm run token prints a good one`;
const LAST_WORDS = `${FIRST}\n  see in the terminal of npm start what its process wrote last`;

const EXPECTED: Readonly<Record<ReasonCode, string>> = {
  invoker: FIRST,
  public: FIRST,
  "invoker-check-off": FIRST,
  played: FIRST,
  "let-through": FIRST,
  "host-unknown": `${FIRST}\n  the outputs of the stack say which URLs there are; start the mesh again where one is missing`,
  "path-reserved": `${FIRST}\n  no request for it reaches any service: serve another one, such as /health`,
  ingress: `${FIRST}\n  whoever asks from there gets this answer; nothing of this mesh has a grant and reaches it through the VPC network: let a service name it in its calls`,
  "default-url-disabled": `${FIRST}\n  call it through the load balancer, or take defaultUrlDisabled away`,
  iap: FIRST,
  "iap-sign-in": `${CODE}: "web" is behind Identity-Aware Proxy and bob@acme.com is not signed in; open https://web.example in a browser`,
  "iap-no-access": `403: Identity-Aware Proxy lets bob@acme.com not through to "web"\n${GRANTED}\n${LINE}`,
  "iap-agent": `${FIRST}\n  the stack grants that where it switches the proxy on: start the mesh again`,
  "iap-own": FIRST,
  "iap-callback": `${FIRST}\n  open it in a browser, which keeps the session that this step is for`,
  redirected: FIRST,
  "security-policy": `${FIRST}\n  Cloud Armor decides before anybody is asked who they are; its rules are in loadBalancer.protection`,
  "no-backend": `${FIRST}\n  the load balancer leads nowhere for this path; its routes are in loadBalancer.routes`,
  "no-token": `${FIRST}\n  npm run token prints one`,
  "token-malformed": GOOD_TOKEN,
  "token-is-access-token": `${FIRST}\n  npm run token prints an ID token`,
  "token-signature": `${FIRST}\n  the mesh was started again since the token was made; npm run token prints a good one`,
  "token-issuer": GOOD_TOKEN,
  "token-audience": `${FIRST}\n  it is for another service; npm run token prints one for this`,
  "token-expired": `${FIRST}\n  npm run token prints a new one`,
  "token-not-yet-valid": `${FIRST}\n  compare the clocks of whoever made it and of this machine`,
  "no-invoker": `403: bob@acme.com has no roles/run.invoker on "web"\n${GRANTED}\n${LINE}`,
  "invoker-condition": `${FIRST}\n${LINE}`,
  "no-ready-revision": `${FIRST}\n  see what is missing in the output of the deployment`,
  "no-instances": `${FIRST}\n  set scaling.manualInstances to 1 or more, or leave it out`,
  "not-started": LAST_WORDS,
  "request-too-large": `${FIRST}\n  send less, or in parts`,
  "request-unreadable": `${FIRST}\n  see what the request is made of: a path, headers or a body that are no HTTP, or too long`,
  "answer-too-large": `${FIRST}\n  send it in chunks, without a Content-Length`,
  "callee-died": LAST_WORDS,
  "callee-malformed": LAST_WORDS,
  "callee-timeout": `${FIRST}\n  answer sooner, or set a longer timeout on the service`,
  "caller-left": FIRST,
  "host-not-played": FIRST,
  "api-not-played": FIRST,
  "no-route": FIRST,
  "sandbox-failed": `${FIRST}\n  this is a defect of the sandbox, not of the service`,
};

describe("a decision, in the words of npm run call", () => {
  const access = [{ member: "user:ada@acme.com", until: "2026-12-31" }];
  const { spec, problems } = parseMesh(
    meshInput({ web: { access, ingress: { all: "people call it" } } }),
    "2026-11-28",
  );
  assert.ok(spec, formatProblems(problems));
  const mesh = { graph: accessGraph(spec), serviceAccounts: {} };
  const way = {
    as: "bob@acme.com",
    service: "web",
    url: "https://web.example",
    invokers: [{ caller: "user:ada@acme.com" }],
  };
  const explained = (reason: ReasonCode) => explainDecision({ code: CODE, reason, message: MESSAGE }, way, mesh);

  for (const reason of REASON_CODES) {
    it(`is told with its cause and what to do about it: ${reason}`, () => {
      assert.equal(explained(reason), EXPECTED[reason]);
    });
  }

  it("names who reaches a service that its ingress keeps from where the caller is", () => {
    const invokers = ["web", "group:staff@acme.com", "nightly"].map((caller) => ({ caller }));
    assert.equal(
      explainDecision({ code: CODE, reason: "ingress", message: MESSAGE }, { ...way, invokers }, mesh),
      `${FIRST}\n  whoever asks from there gets this answer; call it as what reaches it through the VPC network: --as web, or --as nightly`,
    );
  });

  it("has no code where the caller got none", () => {
    const gone = { code: 0, reason: "caller-left", message: "the caller closed the connection" } as const;
    assert.equal(explainDecision(gone, way, mesh), "the caller closed the connection");
  });
});
