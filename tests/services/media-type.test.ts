import * as assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { asServiceError } from "../../services/runtime/index";
import { readForm, readJson } from "../../services/runtime/server/request";
import { http } from "./support";

describe("the body of a request", () => {
  let server: Server;
  let url: string;

  before(async () => {
    server = createServer(async (request, response) => {
      const read = request.url === "/form" ? readForm : readJson;
      const answer = await read(request, 100).then(
        (body) => (body instanceof URLSearchParams ? [...body] : body),
        (error) => asServiceError(error).message,
      );
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  const sent = async (path: string, type: string | undefined, body: string) =>
    (await http(url + path, { method: "POST", body, headers: type === undefined ? {} : { "content-type": type } }))
      .json;

  for (const type of [
    "application/json",
    "Application/JSON; charset=utf-8",
    "application/json;v=1",
    "application/problem+json",
    "application/vnd.acme.order-v1.2+json",
  ]) {
    it(`is read as JSON where it says ${type}`, async () => {
      assert.deepEqual(await sent("/", type, '{"a":1}'), { a: 1 });
    });
  }

  for (const type of [
    "text/plain",
    "text/json",
    "application/jsonp",
    "xapplication/json",
    "application/+json",
    "application/a b+json",
    "application/x-www-form-urlencoded",
    "",
  ]) {
    it(`is not read as JSON where it says "${type}"`, async () => {
      assert.equal(await sent("/", type, '{"a":1}'), `got "${type}"; allowed: application/json`);
    });
  }

  it("is not read as JSON where it does not say what it is", async () => {
    assert.equal(await sent("/", undefined, "{}"), 'got ""; allowed: application/json');
  });

  it("is read as a form where it says so, and as nothing else", async () => {
    const form = "application/x-www-form-urlencoded";
    assert.deepEqual(await sent("/form", form, "a=1&b=x+y&a=2"), [
      ["a", "1"],
      ["b", "x y"],
      ["a", "2"],
    ]);
    for (const type of ["application/json", `${form}x`, `x${form}`]) {
      assert.equal(await sent("/form", type, "a=1"), `got "${type}"; allowed: ${form}`);
    }
  });
});
