/** Everybody who has an identity here: their tokens, and the metadata servers that speak for them. */
import { projectOfEmail } from "../../../google/accounts";
import type { ControlPlane } from "../../control-plane";
import type { Standing } from "../run-tasks";
import { AccountKeys } from "./account-keys";
import { AssertionSigner } from "./assertions";
import { Directory, type Person } from "./directory";
import { TokenIssuer, type TokenOverrides } from "./issuer";
import { MetadataServer } from "./metadata-server";
import { userClaims } from "./user-tokens";

/** Where an account that runs no service is taken to run. */
interface Home {
  readonly project: string;
  readonly region: string;
}

export class Identities {
  readonly directory: Directory;
  readonly issuer: TokenIssuer;
  readonly assertions: AssertionSigner;
  readonly accountKeys = new AccountKeys();
  readonly #guests = new Map<string, MetadataServer>();

  constructor(
    private readonly controlPlane: ControlPlane,
    private readonly clock: () => Date,
    people: readonly Person[] = [],
  ) {
    this.directory = new Directory(controlPlane, people);
    this.issuer = new TokenIssuer(clock);
    this.assertions = new AssertionSigner(clock);
  }

  /** An ID token as somebody gets one: a service account's is for the audience, a person's for gcloud. */
  idToken(email: string, audience: string, overrides: TokenOverrides = {}): Promise<string> {
    const own = this.directory.isServiceAccount(email) ? {} : userClaims(email);
    const claims = { ...own, ...overrides.claims };
    return this.issuer.idToken(this.directory.subjectOf(email), audience, { ...overrides, claims });
  }

  /** The metadata server of what runs on Cloud Run: for the account that it has when a token is asked for. */
  metadataOf(current: () => Standing): MetadataServer {
    const { project, region } = current();
    return this.#metadata(() => current().account, project, region);
  }

  /** The metadata server of a service account that stands outside of Cloud Run; people have none. */
  metadataFor(email: string | undefined, home: Home | undefined): MetadataServer | undefined {
    if (!email?.endsWith(".gserviceaccount.com")) return undefined;
    let metadata = this.#guests.get(email);
    if (!metadata) {
      const project = projectOfEmail(email) ?? home?.project ?? "sandbox";
      metadata = this.#metadata(() => email, project, home?.region ?? "us-central1");
      this.#guests.set(email, metadata);
    }
    return metadata;
  }

  #metadata(email: () => string, project: string, region: string): MetadataServer {
    const token = "gcp:organizations/getProject:getProject";
    const projectNumber = String(this.controlPlane.invoke({ token, args: { projectId: project } })["number"]);
    const { issuer, directory, clock } = this;
    return new MetadataServer({ email, project, projectNumber, region, issuer, directory, clock });
  }
}
