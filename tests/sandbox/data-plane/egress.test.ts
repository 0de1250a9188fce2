/** Which hosts of the internet a process reaches: those that the config names for it, and no address around this machine. */
import * as assert from "node:assert/strict";
import dns from "node:dns";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, request as httpRequest, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Caller, Decision } from "../../../sandbox/data-plane";
import type { Visitor } from "../../../sandbox/data-plane/callers";
import { createAuthority } from "../../../sandbox/data-plane/proxy/certificates";
import { isInside, type Lookup } from "../../../sandbox/data-plane/proxy/egress";
import { ForwardProxy } from "../../../sandbox/data-plane/proxy/forward-proxy";
import type { Traffic } from "../../../sandbox/data-plane/traffic";
import { account, JOB, make, REGION } from "../control-plane/cloud";
import { deploy, type Mesh, openMesh, url } from "./mesh";

/** Status and text of the answer to CONNECT; what comes through a tunnel. */
async function connectTo(proxy: string, target: string): Promise<[number, string]> {
  const { hostname, port } = new URL(proxy);
  const request = httpRequest({ host: hostname, port, method: "CONNECT", path: target, agent: false }).end();
  const [{ statusCode = 0, statusMessage }, socket, head] = (await once(request, "connect")) as [
    IncomingMessage,
    Socket,
    Buffer,
  ];
  if (head.length > 0) socket.unshift(head);
  let text = "";
  for await (const chunk of socket) text += chunk;
  // Of a refusal, most clients show the status line alone.
  if (statusCode !== 200) assert.equal(text, `${statusMessage}\n`);
  return [statusCode, text.trimEnd()];
}

async function plain(proxy: string, target: string): Promise<[number, string]> {
  const { hostname, port } = new URL(proxy);
  const request = httpRequest({ host: hostname, port, path: target, agent: false }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return [response.statusCode ?? 0, text.trimEnd()];
}

/** Every name leads to an address. */
function leadingTo(address: string): Lookup {
  return (_, options, done) => (options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4));
}

describe("hosts of the internet", () => {
  let mesh: Mesh;
  let around: Server;
  let dialled = 0;
  const { lookup } = dns;

  before(async () => {
    around = createServer((socket) => {
      dialled += 1;
      socket.on("error", () => {}).end("what listens on this machine");
    });
    await once(around.listen(0, "127.0.0.1"), "listening");
    const hosts = ["api.stripe.example", "*.allowed.example", "localhost", "127.0.0.1", "x.internal", "*.run.app"];
    mesh = await openMesh(
      (controlPlane) => {
        for (const name of ["order", "user"]) deploy(controlPlane, name);
        const serviceAccount = account(controlPlane, "nightly-sa");
        const template = { template: { serviceAccount, containers: [{ image: "example/app:1" }] } };
        make(controlPlane, JOB, "nightly", { name: "nightly", location: REGION, deletionProtection: false, template });
      },
      {
        standIns: true,
        egress: [
          { of: { service: "order" }, hosts },
          { of: { job: "nightly" }, hosts: ["job.example"] },
        ],
      },
    );
    // Of names that nobody has; the servers of this machine are found as ever.
    const around127 = leadingTo("127.0.0.1") as (...args: unknown[]) => void;
    const found = (...args: unknown[]) =>
      (String(args[0]).endsWith(".example") ? around127 : (lookup as typeof around127))(...args);
    dns.lookup = found as unknown as typeof lookup;
  });
  after(async () => {
    dns.lookup = lookup;
    await mesh.plane.close();
    around.close();
  });

  const as = async (caller: Caller, target: string) => connectTo((await mesh.plane.proxyFor(caller)).url, target);
  const ORDER = { service: "order" };
  const refused = (target: string) => `the sandbox does not play ${target} and dials nobody`;

  it("that a service does not name are not dialled, and it is told the line that would let it through", async () => {
    for (const host of ["evilallowed.example", "allowed.example", "api.stripe.example.evil.example", "job.example"]) {
      const line = `"egress: [${host}]" of order in the stack config lets it through`;
      assert.deepEqual(await as(ORDER, `${host}:443`), [502, `${refused(`${host}:443`)}; ${line}`]);
      assert.equal(mesh.decisions.at(-1)!.reason, "host-not-played");
      const { url: proxy } = await mesh.plane.proxyFor(ORDER);
      assert.deepEqual(await plain(proxy, `http://${host}/`), [502, `${refused(host)}; ${line}`]);
    }
  });

  it("are its own: another service, a job and a person do not reach them", async () => {
    const target = "api.stripe.example:443";
    const line = (name: string) => `"egress: [api.stripe.example]" of ${name} in the stack config lets it through`;
    assert.deepEqual(await as({ service: "user" }, target), [502, `${refused(target)}; ${line("user")}`]);
    assert.deepEqual(await as({ job: "nightly" }, target), [502, `${refused(target)}; ${line("nightly")}`]);
    assert.deepEqual(await as({ email: "dev@acme.example" }, target), [502, refused(target)]);
    assert.deepEqual(await as({ service: "user" }, "a.allowed.example:443"), [
      502,
      `${refused("a.allowed.example:443")}; "egress: [a.allowed.example]" of user in the stack config lets it through`,
    ]);
  });

  it("are never names or addresses of this machine, of a network, or of what is played, whatever is named", async () => {
    const { port } = around.address() as AddressInfo;
    const played = new URL(url("order")).host;
    for (const target of [
      `localhost:${port}`,
      `127.0.0.1:${port}`,
      `[::1]:${port}`,
      "x.internal:80",
      `${played}:8080`,
    ]) {
      assert.deepEqual(await as(ORDER, target), [502, refused(target.toLowerCase().replace(/[[\]]/g, ""))], target);
    }
    assert.deepEqual(await as(ORDER, "metadata.google.internal:8080"), [502, refused("metadata.google.internal:8080")]);
    assert.equal(dialled, 0);
  });

  it("are names as the config takes them: nothing else is dialled, or told as a line that it would refuse", async () => {
    for (const host of ["x@api.stripe.example", "http://api.stripe.example", "api.stripe.example.", "127.1", "a.1b"]) {
      assert.deepEqual(await as(ORDER, `${host}:443`), [502, refused(`${host}:443`)]);
    }
    for (const target of ["api.stripe.example", "api.stripe.example:65536", ":443"]) {
      assert.deepEqual(await as(ORDER, target), [502, `${target} is no host with a port`]);
    }
    assert.equal(dialled, 0);
  });

  it("are not dialled where their name leads to this machine", async () => {
    const { port } = around.address() as AddressInfo;
    const why = "it is 127.0.0.1, an address of this machine or of a private network";
    for (const [caller, host] of [
      [ORDER, "api.stripe.example"],
      [ORDER, "a.b.allowed.example"],
      [{ job: "nightly" }, "job.example"],
    ] as const) {
      assert.deepEqual(await as(caller, `${host}:${port}`), [502, `${host}:${port}: ${why}`]);
      const { url: proxy } = await mesh.plane.proxyFor(caller);
      assert.deepEqual(await plain(proxy, `http://${host}:${port}/`), [502, `${host}:${port}: ${why}`]);
      assert.equal(mesh.decisions.at(-1)!.reason, "no-route");
    }
    assert.equal(dialled, 0);
  });

  it("are reached by whoever names them, with a tunnel and without", async () => {
    const site = createHttpServer((request, response) => response.end(`${request.headers.host} answers`));
    await once(site.listen(0, "127.0.0.1"), "listening");
    const [{ port }, tunnelled] = [site.address() as AddressInfo, (around.address() as AddressInfo).port];
    const decisions: Decision[] = [];
    const proxy = new ForwardProxy({
      authority: await createAuthority(),
      traffic: { plays: () => false, answers: () => false } as unknown as Traffic,
      allow: [],
      lookup: leadingTo("127.0.0.1"),
      clock: () => new Date(),
      onDecision: (decision) => decisions.push(decision),
    });
    const egress = { name: "order", hosts: ["*.stripe.example"] };
    const visitor: Visitor = { name: () => "order-sa", route: () => ({ from: "internet" }), egress };
    try {
      const way = `http://127.0.0.1:${await proxy.open(visitor)}`;
      assert.deepEqual(await connectTo(way, `api.stripe.example:${tunnelled}`), [200, "what listens on this machine"]);
      const host = `api.stripe.example:${port}`;
      assert.deepEqual(await plain(way, `http://${host}/`), [200, `${host} answers`]);
      assert.deepEqual(
        decisions.map(({ callee, reason }) => `${callee} ${reason}`),
        ["api.stripe.example let-through", "api.stripe.example let-through"],
      );
    } finally {
      await proxy.close();
      site.closeAllConnections();
      site.close();
    }
  });

  it("show certificates of the world, which the processes then trust as well", async () => {
    const bundle = async ({ plane }: Mesh) => {
      const { env } = await plane.proxyFor(ORDER);
      return readFileSync(env["SSL_CERT_FILE"]!, "utf8").split("BEGIN CERTIFICATE").length;
    };
    assert.ok((await bundle(mesh)) > 100);
  });

  it("have addresses of the internet", () => {
    const inside = [
      ...[
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.31.0.1",
        "192.168.1.1",
      ],
      ...["224.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fd00::1", "fe80::1"],
      ...["64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1", "::127.0.0.1", "fec0::1", "198.18.0.1", "192.0.0.8"],
    ];
    const outside = ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2607:f8b0::1", "::ffff:8.8.8.8"];
    const told = (all: string[]) => all.filter((one) => isInside(one, one.includes(":") ? 6 : 4));
    assert.deepEqual([told(inside), told(outside)], [inside, []]);
  });
});
