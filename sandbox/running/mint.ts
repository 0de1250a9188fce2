/** Tokens of an account, minted by somebody who may: as a program on a laptop does, and refused as there. */
import { readFileSync } from "node:fs";
import { fetch, ProxyAgent } from "undici";
import type { Identity } from "./identities";
import type { RunningMesh } from "./running-mesh";

/** An ID token, or what IAM answered instead. */
export type Minted =
  | { readonly token: string }
  | { readonly refusal: { readonly status: number; readonly reason: string } };

/** Asks IAM, in the name of a person, for an ID token of an account. */
export async function mintAs(mesh: RunningMesh, person: Identity, account: string, audience: string): Promise<Minted> {
  const { url, caFile } = await mesh.access(person, "internet");
  const dispatcher = new ProxyAgent({ uri: url, requestTls: { ca: readFileSync(caFile) } });
  try {
    const target = `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${account}:generateIdToken`;
    const response = await fetch(target, {
      dispatcher,
      method: "POST",
      headers: {
        Authorization: `Bearer ${mesh.plane.accessToken(person.email)}`,
        "Content-Type": "application/json",
      },
      body: JSON.stringify({ audience, includeEmail: true }),
      redirect: "error",
    });
    const answer = (await response.json()) as { token?: string; error?: { message: string } };
    if (answer.token !== undefined) return { token: answer.token };
    return { refusal: { status: response.status, reason: answer.error?.message ?? "no token" } };
  } finally {
    await dispatcher.close();
  }
}
