import * as assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { portal, TILES } from "../../../services/portal/app";
import { nextPath } from "../../../services/portal/next-path";
import { type RunningService, ServiceError, startService } from "../../../services/runtime/index";
import { ALICE, RED } from "./attacks/target";
import { visitor, world } from "./support";

const ORIGIN = "https://ailab.example";

/** Where a browser goes that is on the sign-in page. */
function ends(location: string): URL {
  return new URL(location, `${ORIGIN}/login`);
}

describe("where a sign-in leads", () => {
  it("is the path that was asked for, with its query and fragment", () => {
    for (const path of [
      "/",
      "/service-desk",
      "/service-desk/tickets/1?status=open&x=%2F%2Fevil#comments",
      "/a/../b",
      "/%2f%2fevil.example",
      "/loginx",
    ]) {
      const { pathname, search, hash } = new URL(path, ORIGIN);
      assert.equal(nextPath(path), pathname + search + hash);
    }
  });

  it("is the entrance for what leads elsewhere, round in a circle or out of the session", () => {
    const elsewhere = [
      ...[
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "\\/evil.example",
      ],
      ...[
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/\u0000/evil.example",
        "/\r\nSet-Cookie: x=y",
      ],
      ...[
        "/.//evil.example",
        "/..//evil.example",
        "/a/..//evil.example",
        "/%2e//evil.example",
        "/%2e%2e//evil.example",
        "/.\\/evil.example",
      ],
      ...[
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "@evil.example",
        "",
        "?x",
        "#x",
        "service-desk",
        "http:evil.example",
        "https:/evil.example",
      ],
      ...[
        "/login",
        "/login?next=/a",
        "/LOGIN",
        "/logout",
        "/a/../logout",
        "/_gcp_iap/clear_login_cookie",
        "/?gcp-iap-mode=CLEAR_LOGIN_COOKIE",
        "/a?gcp%2Diap-mode=IDENTITY",
      ],
    ];
    for (const wanted of [null, ...elsewhere]) assert.equal(nextPath(wanted), "/", JSON.stringify(wanted));
  });

  it("is of this origin, whatever is asked for", () => {
    const part = fc.constantFrom(
      ...[
        "/",
        "//",
        "\\",
        "/\\",
        "@",
        ":",
        "?",
        "#",
        ".",
        "..",
        "%2f",
        "%5c",
        "%09",
        "\t",
        "\n",
        "\r",
        "\0",
        " ",
        "\u00a0",
        "\u3002",
        "\uff0f",
        "http:",
        "https:",
        "javascript:",
      ],
      ...["evil.example", "ailab.example", "a", "login", "[::1]", "%", "\ud800"],
    );
    const texts = fc.oneof(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
      fc.webUrl(),
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `/${text}`),
    );
    fc.assert(
      fc.property(texts, (wanted) => {
        const location = nextPath(wanted);
        assert.equal(ends(location).origin, ORIGIN);
        // As a header and as the browser reads it, it is one path.
        assert.match(location, /^\/(?![/\\])[!-~]*$/);
        assert.equal(nextPath(location), location);
      }),
      { numRuns: 20_000 },
    );
  });
});

describe("the portal", () => {
  let service: RunningService;
  let url: string;
  let groups: () => Promise<readonly string[]>;
  before(async () => {
    groups = async () => [RED];
    service = await startService(portal({ groupsOf: () => groups() }), world({}));
    url = `http://127.0.0.1:${service.port}`;
  });
  after(() => service?.stop());

  it("leads to each app", async () => {
    const { status, text } = await visitor(url, ALICE).get("/");
    assert.equal(status, 200);
    for (const { title, path } of TILES) assert.ok(text.includes(`<a href="${path}">${title}</a>`), path);
    assert.match(text, /Signed in as <strong>alice<\/strong>/);
  });

  it("says who one is, and in which groups", async () => {
    const { text } = await visitor(url, ALICE).get("/me");
    for (const shown of [ALICE, "the workforce pool acme-staff", RED]) assert.ok(text.includes(shown), shown);
  });

  it("sends whoever has signed in back to the page asked for, and nowhere else", async () => {
    const led = async (next: string) => {
      const { status, headers } = await visitor(url, ALICE).get(`/login${next}`);
      return [status, headers.location];
    };
    assert.deepEqual(await led("?next=%2Fservice-desk%3Fstatus%3Dopen"), [303, "/service-desk?status=open"]);
    assert.deepEqual(await led("?next=%2F%2Fevil.example"), [303, "/"]);
    assert.deepEqual(await led("?next=%2F%5Cevil.example"), [303, "/"]);
    assert.deepEqual(await led(""), [303, "/"]);
  });

  it("signs out where Identity-Aware Proxy does", async () => {
    const { status, headers } = await visitor(url, ALICE).get("/logout");
    assert.deepEqual([status, headers.location], [303, "/?gcp-iap-mode=CLEAR_LOGIN_COOKIE"]);
  });

  it("says that the directory does not answer, and shows nothing", async () => {
    groups = async () => {
      throw new ServiceError("directory-unavailable", "the directory cannot say which groups you are in; try again");
    };
    const { status, text } = await visitor(url, ALICE).get("/me");
    assert.equal(status, 503);
    assert.match(text, /<h1>This does not answer at the moment<\/h1>/);
    assert.ok(!text.includes(ALICE));
  });
});
