/** What `npm run call` sends where nobody refuses it: its token goes to no host that an answer names, and it does not wait for ever. */
import * as assert from "node:assert/strict";
import type { Decision } from "../../sandbox/data-plane";
import { send } from "../../tools/call/send";
import type { Way } from "../../tools/call/way";
import { Fake } from "../services/support";

describe("a call that is answered with a redirect", () => {
  let service: Fake;
  let elsewhere: Fake;
  beforeEach(async () => {
    elsewhere = await Fake.start((_, response) => response.end("the token has arrived"));
    service = await Fake.start((_, response) => response.end());
  });
  afterEach(() => Promise.all([service.stop(), elsewhere.stop()]));

  const way = (route?: string): Way => ({
    ...{ place: "a test", service: "web", url: service.url, as: "ada@acme.example", token: "the-token", invokers: [] },
    ...(route !== undefined && { route }),
    declared: () => assert.fail("nobody refused the call"),
    close: async () => {},
  });
  const answering = (status: number, location: string) =>
    service.answer((_, response) => response.writeHead(status, { location }).end());

  for (const status of [301, 302, 303, 307, 308]) {
    it(`${status}: shows the answer as it is, and takes the token to no other host and no other path`, async () => {
      // What a client strips where the host changes is Authorization; the token is in the other header here.
      const headers = ["Authorization: Bearer of-the-application"];
      for (const location of [`${elsewhere.url}/`, `${service.url}/other`]) {
        answering(status, location);
        const { response, refusal } = await send(way(), { path: "/", body: "{}", headers, timeoutMs: 5_000 });
        assert.deepEqual([response.status, response.headers.get("location"), refusal], [status, location, undefined]);
        assert.deepEqual(
          service.seen.map((seen) => [seen.url, seen.headers["x-serverless-authorization"]]),
          [["/", "Bearer the-token"]],
        );
      }
      assert.deepEqual(elsewhere.seen, []);
    });
  }

  it("of the load balancer is not followed either, as what is signed in is not for elsewhere", async () => {
    answering(307, `${elsewhere.url}/`);
    const { response } = await send(way("/desk"), { path: "/", timeoutMs: 5_000 });
    assert.deepEqual([response.status, service.seen.map(({ url }) => url), elsewhere.seen], [307, ["/desk"], []]);
  });
});

describe("a call that is not answered in time", () => {
  it("says so, though the sandbox tells that the caller left", async () => {
    const service = await Fake.start(() => {});
    const left = { reason: "caller-left", code: 0, message: "the caller closed the connection" } as Decision;
    const way: Way = {
      ...{ place: "a test", service: "web", url: service.url, as: "ada@acme.example", token: "t", invokers: [] },
      declared: () => assert.fail("nobody refused the call"),
      decisions: { traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`, latest: async () => left },
      close: async () => {},
    };
    try {
      await assert.rejects(send(way, { path: "/", timeoutMs: 50 }), {
        message: `no answer from ${new URL(service.url).host}: none within 0.05 s`,
      });
    } finally {
      await service.stop();
    }
  });
});
