/** What the data plane is told, and what it tells. */
import type { ControlPlane } from "../control-plane";
import type { Egress } from "./callers";
import type { Decision } from "./decisions";
import type { Person } from "./identity/directory";
import type { ServiceLog } from "./processes/instance";
import type { SignIn } from "./sign-in/sign-in";

/** The code of a Cloud Run service on this machine. */
export interface Workload {
  /** Name of the Cloud Run service. */
  readonly service: string;
  /** The working folder of its process. */
  readonly folder: string;
  /** Program and arguments. @default - a stand-in that says that it is one */
  readonly command?: readonly string[];
  /** Variables over those that it is deployed with. @default none */
  readonly env?: Readonly<Record<string, string>>;
}

export interface DataPlaneOptions {
  readonly controlPlane: ControlPlane;
  readonly workloads: readonly Workload[];
  /** Everybody whose groups matter. */
  readonly people?: readonly Person[];
  onDecision?(decision: Decision): void;
  onLog?(line: ServiceLog): void;
  /** Where people sign in to Identity-Aware Proxy. @default - with a Google account or by a workforce pool, as `people` says who they are */
  readonly signIn?: SignIn;
  /** The time, for tokens and conditions. @default - the machine's */
  readonly clock?: () => Date;
  /** Where PATH and the like are taken from. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /**
   * Folder for the home folders of the services, each by the service's name, with the caches that their tools keep there.
   *
   * @default - a temporary one, gone with the data plane
   */
  readonly homes?: string;
  /** Hosts of the internet that services, jobs and worker pools may reach for real. @default none */
  readonly egress?: readonly Egress[];
  /** Hosts that everybody may reach for real, whatever their address, `*.example.com` for all below one. @default none */
  readonly allow?: readonly string[];
  /**
   * How long a service that does not listen yet may do nothing: write nothing and use no processor time. One that is at
   * work, or that has a startup probe of its own, gets as long as on Cloud Run. @default 30000
   */
  readonly startTimeoutMs?: number;
  /** How long a process may take to end after SIGTERM. @default 10000, as on Cloud Run */
  readonly killAfterMs?: number;
}

/** How somebody's process reaches the mesh. */
export interface ProxyAccess {
  /** Of a proxy of their own, whose port says who calls, and from where. */
  readonly url: string;
  /** PEM file of the private certificate authority. */
  readonly caFile: string;
  /** What to add to a process's environment. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ServiceStatus {
  readonly service: string;
  readonly standIn: boolean;
  readonly pid?: number;
  readonly port?: number;
  readonly restarts: number;
  /** Tokens that the service has asked its metadata server for. */
  readonly tokensAsked: number;
}

export interface Stats {
  /** From the call of `openDataPlane` until it was answered. */
  readonly openedInMs: number;
  /** Decisions so far, by status. */
  readonly decisions: Readonly<Record<number, number>>;
  readonly connections: number;
  readonly services: readonly ServiceStatus[];
}
