/** Identity-Aware Proxy's agent: as whom it calls a Cloud Run service, whether it guards that itself or a backend before it. */
import type { ControlPlane } from "../../control-plane";
import { type InvokerVerdict, mayInvoke } from "../front-end/invokers";
import type { Directory } from "../identity/directory";
import { LIFETIME_SECONDS, type TokenIssuer } from "../identity/issuer";
import type { RunService } from "../run-services";
import type { IapResources } from "./resource";

export interface IapAgentOptions {
  readonly controlPlane: ControlPlane;
  readonly directory: Directory;
  readonly issuer: TokenIssuer;
  readonly resources: IapResources;
  readonly clock: () => Date;
}

export class IapAgent {
  readonly #tokens = new Map<string, { header: string; untilMs: number }>();

  constructor(private readonly options: IapAgentOptions) {}

  /** Whether the agent may invoke a service. */
  mayCall(service: RunService, now: Date): InvokerVerdict {
    const { controlPlane, directory, resources } = this.options;
    return mayInvoke(
      directory.identify(directory.subjectOf(resources.agent(service.project))),
      service,
      controlPlane,
      now,
    );
  }

  /**
   * What the container sees of the token with which the agent calls: Cloud Run has checked it and removes its signature.
   * Source: https://cloud.google.com/iap/docs/enabling-cloud-run. Seen in a public transcript: header and audience of a
   * service with the proxy on; assumed: the same behind a load balancer.
   */
  async headers(service: RunService): Promise<string[]> {
    const { directory, issuer, resources, clock } = this.options;
    const { audience } = resources.ofService(service);
    const nowMs = clock().getTime();
    let held = this.#tokens.get(audience);
    if (!held || held.untilMs <= nowMs) {
      const token = await issuer.idToken(directory.subjectOf(resources.agent(service.project)), audience);
      const header = `Bearer ${token.replace(/\.[^.]*$/, ".SIGNATURE_REMOVED_BY_GOOGLE")}`;
      held = { header, untilMs: nowMs + (LIFETIME_SECONDS * 1000) / 2 };
      this.#tokens.set(audience, held);
    }
    return ["X-Serverless-Authorization", held.header];
  }
}
