import * as assert from "node:assert/strict";
import type { Properties } from "../../../sandbox/control-plane";
import { matchUrl, redirectTo } from "../../../sandbox/data-plane/load-balancer/url-map";

const rule = (service: string, ...paths: string[]) => ({ paths, service });

const MAP: Properties = {
  defaultService: "other-hosts",
  hostRules: [
    { hosts: ["ailab.example", "www.ailab.example"], pathMatcher: "apps" },
    { hosts: ["*.ailab.example"], pathMatcher: "tenants" },
    { hosts: ["*"], pathMatcher: "rest" },
  ],
  pathMatchers: [
    {
      name: "apps",
      defaultService: "portal",
      pathRules: [
        rule("desk", "/service-desk", "/service-desk/*"),
        rule("admin", "/service-desk/admin", "/service-desk/admin/*"),
        { paths: ["/old/*"], urlRedirect: { pathRedirect: "/new", redirectResponseCode: "FOUND", stripQuery: true } },
      ],
    },
    { name: "tenants", defaultService: "tenant", pathRules: [] },
    { name: "rest", defaultUrlRedirect: { hostRedirect: "ailab.example", httpsRedirect: true, stripQuery: false } },
  ],
};

function to(host: string, path: string): string {
  const { route, destination } = matchUrl(MAP, host, path);
  return `${route} -> ${destination.kind === "service" ? destination.service : destination.kind}`;
}

describe("load balancer: URL map", () => {
  it("takes whole segments: /a and /a/*, never /ab", () => {
    assert.deepEqual(
      ["/service-desk", "/service-desk/", "/service-desk/1", "/service-desks", "/Service-Desk", "/"].map((path) =>
        to("ailab.example", path),
      ),
      [
        "ailab.example/service-desk -> desk",
        "ailab.example/service-desk/* -> desk",
        "ailab.example/service-desk/* -> desk",
        "ailab.example default -> portal",
        "ailab.example default -> portal",
        "ailab.example default -> portal",
      ],
    );
  });

  it("lets the longest path win, wherever it stands", () => {
    assert.equal(to("ailab.example", "/service-desk/admin/x"), "ailab.example/service-desk/admin/* -> admin");
    assert.equal(to("ailab.example", "/service-desk/admin"), "ailab.example/service-desk/admin -> admin");
    assert.equal(to("ailab.example", "/service-desk/administrators"), "ailab.example/service-desk/* -> desk");
  });

  it("prefers a host's own name to a wildcard, and a longer wildcard to a shorter", () => {
    assert.equal(to("www.ailab.example", "/"), "www.ailab.example default -> portal");
    assert.equal(to("t1.ailab.example", "/"), "*.ailab.example default -> tenant");
    assert.equal(to("ailab.example.evil.test", "/"), "* default -> redirect");
  });

  it("takes the map's default where no host rule fits", () => {
    assert.equal(matchUrl({ defaultService: "d", hostRules: [] }, "x.example", "/").route, "default");
    assert.deepEqual(matchUrl({ defaultService: "d" }, "x.example", "/").destination, {
      kind: "service",
      service: "d",
    });
  });

  it("redirects with what the rule changes and the rest of the request", () => {
    const redirect = (host: string, path: string, target: string) => {
      const { destination } = matchUrl(MAP, host, path);
      assert.equal(destination.kind, "redirect");
      return redirectTo((destination as { redirect: Properties }).redirect, "http", host, target);
    };
    assert.deepEqual(redirect("ailab.example", "/old/x", "/old/x?q=1"), {
      code: 302,
      location: "http://ailab.example/new",
    });
    assert.deepEqual(redirect("else.example", "/a", "/a?q=1&r=?"), {
      code: 301,
      location: "https://ailab.example/a?q=1&r=?",
    });
  });
});
