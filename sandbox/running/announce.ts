/** Lets other commands of this machine's user find the mesh that runs here, and act as one of its callers. */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import * as path from "node:path";
import { KeptFiles } from "../files/kept-files";
import { thisProcess } from "../files/process-id";
import { ANNOUNCEMENT, type Announcement, type Entry, type WorkforceEntry } from "./find-running";
import type { Identity } from "./identities";
import { mintAs } from "./mint";
import { RecentDecisions } from "./recent-decisions";
import type { RunningMesh } from "./running-mesh";

const CURL_FILE = "curl";

/** What to tell a person who wants to try it. */
export interface Invitation {
  readonly service: string;
  readonly url: string;
  /** The caller that is allowed to. */
  readonly as: string;
  /** That the caller is signed in, and shows no token. */
  readonly isSignedIn?: true;
  /** Options for curl, with which it finds the mesh. */
  readonly curlFile: string;
}

/**
 * Writes down where the mesh is; `withdraw` takes that back.
 *
 * @param tell told where that cannot be written, and once it could
 */
export async function announce(
  mesh: RunningMesh,
  folder: string,
  tell: (line: string) => void = () => {},
): Promise<{ invitation: Invitation | undefined; withdraw(): Promise<void> }> {
  const secret = randomBytes(24).toString("base64url");
  const recent = new RecentDecisions();
  const stopWatching = mesh.watch((decision) => recent.add(decision));
  const server = createServer((request, response) => {
    answer(mesh, recent, request, secret).then(
      ({ status, body }) =>
        response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body)),
      (error: Error) => response.writeHead(400).end(JSON.stringify({ error: error.message })),
    );
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const announcement: Announcement = { stack: mesh.stack, file: mesh.file, ...thisProcess(), url, secret };
  const files = new KeptFiles(tell);
  const curlFile = path.join(folder, CURL_FILE);
  // Of a run that was killed.
  rmSync(curlFile, { force: true });
  const entrance =
    mesh.services.find(({ invokers }) => invokers.some(({ caller }) => caller.includes(":"))) ?? mesh.services[0];
  files.write(path.join(folder, ANNOUNCEMENT), JSON.stringify(announcement));
  let invitation: Invitation | undefined;
  if (entrance && entrance.invokers.length > 0) {
    const identity = mesh.identity(undefined, entrance);
    const { url: proxyUrl, caFile } = await mesh.access(identity, mesh.placeOf(identity, entrance));
    files.write(curlFile, `proxy = "${proxyUrl}"\ncacert = "${caFile}"\n`);
    const url = entrance.entrance ?? `${entrance.url}/`;
    const isSignedIn = entrance.entrance !== undefined;
    invitation = { service: entrance.key, url, as: identity.name, curlFile, ...(isSignedIn && { isSignedIn }) };
  }
  const withdraw = async () => {
    stopWatching();
    files.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { invitation, withdraw };
}

async function answer(mesh: RunningMesh, recent: RecentDecisions, request: IncomingMessage, secret: string) {
  if (!same(request.headers.authorization ?? "", `Bearer ${secret}`)) {
    return { status: 401, body: { error: "not the owner of this mesh" } };
  }
  if (request.url === "/services") return { status: 200, body: mesh.services };
  if (request.url === "/declared") return { status: 200, body: mesh.declared };
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  if (request.url === "/enter-workforce") {
    return { status: 200, body: await enterWorkforce(mesh, JSON.parse(text) as { as: string; provider: string }) };
  }
  if (request.url === "/decision") {
    return { status: 200, body: { decision: recent.of((JSON.parse(text) as { trace: string }).trace) } };
  }
  const { service: key, as } = JSON.parse(text) as { service: string; as?: string };
  const service = mesh.service(key);
  const identity = mesh.identity(as, service);
  const { url: proxyUrl, caFile } = await mesh.access(identity, mesh.placeOf(identity, service));
  const { name, email } = identity;
  const via = service.invokers.find((invoker) => invoker.caller === name)?.via;
  const token = await (via ? minted(mesh, identity, via, service.url) : mesh.token(identity, service.url));
  return { status: 200, body: { as: name, email, token, proxyUrl, caFile, ...(via && { via }) } satisfies Entry };
}

/** Throws for people where somebody is not in the company's directory, or the pool has no such provider. */
async function enterWorkforce(mesh: RunningMesh, { as, provider }: { as: string; provider: string }) {
  const identity = mesh.identity(as);
  const idToken = await mesh.plane.workforceToken(identity.email, provider);
  const { env } = await mesh.access(identity, "internet");
  return { as: identity.name, idToken, env } satisfies WorkforceEntry;
}

/** Throws for people where IAM does not let somebody mint tokens of the account that they call as. */
async function minted(mesh: RunningMesh, identity: Identity, account: string, audience: string): Promise<string> {
  const answer = await mintAs(mesh, identity, account, audience);
  if ("token" in answer) return answer.token;
  const { status, reason } = answer.refusal;
  throw new Error(`${identity.name} gets no token of ${account}, as which they call: ${status}: ${reason}`);
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
