import * as assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { salesApp } from "../../services/sales-app/service";
import { inProcess, type Running } from "./implementations";
import { claimsOf, Fake, http, json, metadataFake } from "./support";

describe("sales app", () => {
  let metadata: Fake;
  let scoring: Fake;
  let summary: Fake;
  let app: Running;
  before(async () => {
    metadata = await metadataFake();
    scoring = await Fake.start(() => {});
    summary = await Fake.start(() => {});
    app = await inProcess(salesApp).start({
      GCE_METADATA_HOST: metadata.host,
      ACCOUNT_SCORING_URL: scoring.url,
      ACCOUNT_SUMMARY_URL: summary.url,
    });
    answerWell();
  });
  after(async () => {
    await app?.stop();
    await Promise.all([metadata, scoring, summary].map((fake) => fake?.stop()));
  });
  afterEach(answerWell);

  function answerWell(): void {
    scoring.answer((_, response) => json(response, 200, { score: 30, because: ["recentContact"] }));
    summary.answer((_, response) => json(response, 200, { summary: "it is worth a call" }));
  }

  it("asks nobody until an account is named", async () => {
    for (const path of ["/", "/?account=", "/?account=%20", `/?account=${"a".repeat(101)}`]) {
      const { status, text } = await http(app.url + path);
      assert.equal(status, 200);
      assert.match(text, /<form>\n<label>Account <input name="account" value="" required/);
      assert.doesNotMatch(text, /<section/);
    }
    assert.deepEqual([scoring.seen, summary.seen], [[], []]);
  });

  it("sends each function what it takes, with a token for that function alone", async () => {
    const { status } = await http(`${app.url}/?account=Acme&recentContact=on&unknown=on`);
    assert.equal(status, 200);
    const [scored, summarized] = [scoring.seen[0]!, summary.seen[0]!];
    assert.deepEqual(JSON.parse(scored.body), { openDeals: false, recentContact: true, renewal: false });
    assert.deepEqual(JSON.parse(summarized.body), { account: "Acme", score: 30 });
    assert.deepEqual([claimsOf(scored)["aud"], claimsOf(summarized)["aud"]], [scoring.url, summary.url]);
  });

  it("shows as text what a form or a function says, whatever it holds", async () => {
    const hostile = `"><script>alert('&')</script>`;
    const shown = "&#34;&#62;&#60;script&#62;alert(&#39;&#38;&#39;)&#60;/script&#62;";
    scoring.answer((_, response) => json(response, 200, { score: 1, because: [hostile, "constructor"] }));
    summary.answer((_, response) => json(response, 200, { summary: hostile }));
    const { text } = await http(`${app.url}/?account=${encodeURIComponent(hostile)}`);
    assert.doesNotMatch(text, /<script/);
    for (const place of [`value="${shown}"`, `<h2>${shown}</h2>`, `<li>${shown}</li><li>constructor</li>`]) {
      assert.ok(text.includes(place), text);
    }
  });

  it("lets nothing but its own style work on the page, and is kept nowhere", async () => {
    const { headers } = await http(app.url);
    assert.match(
      String(headers["content-security-policy"]),
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'; form-action 'self'; frame-ancestors 'none'$/,
    );
    assert.equal(headers["cache-control"], "no-store");
  });

  it("refuses a host that is not this machine's, and calls nobody for it", async () => {
    const { status, json: body } = await http(`${app.url}/?account=Acme`, { headers: { host: "site.example:8080" } });
    const message = 'got the host "site.example:8080"; allowed: 127.0.0.1 and localhost';
    assert.deepEqual([status, body], [403, { error: { code: "origin-refused", message } }]);
    assert.deepEqual(scoring.seen, []);
    assert.equal((await http(app.url, { headers: { host: "localhost:1" } })).status, 200);
  });

  const refusals: [string, number, number, RegExp][] = [
    [
      "names the grant that is missing where a function answers 403",
      403,
      502,
      /<h2>the account may not call account-summary<\/h2>[\s\S]*<li>Name account-summary in this developer&#39;s `calls`/,
    ],
    [
      "tells how to compare the audience where a function answers 401",
      401,
      502,
      /<h2>account-summary does not accept the ID token<\/h2>[\s\S]*<pre>pulumi stack output urls --json<\/pre>/,
    ],
    [
      "says that there is no answer where a function fails",
      500,
      502,
      /<h2>No answer<\/h2>\n<p>account-summary: answered 500</,
    ],
  ];
  for (const [fact, status, shownAs, expected] of refusals) {
    it(fact, async () => {
      summary.answer((_, response) => response.writeHead(status, { "content-type": "text/html" }).end("<html>"));
      const got = await http(`${app.url}/?account=Acme`);
      assert.equal(got.status, shownAs);
      assert.match(got.text, expected);
      assert.match(got.text, /<input name="account" value="Acme"/);
    });
  }
});
