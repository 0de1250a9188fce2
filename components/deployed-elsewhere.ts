/** What another pipeline deployed on a service: asked of Google, because an update would send what the state remembers. */
import * as cloudrunv2 from "@pulumi/gcp/cloudrunv2";
import type { cloudrunv2 as types } from "@pulumi/gcp/types/input";
import type { cloudrunv2 as read } from "@pulumi/gcp/types/output";
import * as pulumi from "@pulumi/pulumi";

/** What is carried over into an update. The name of the revision is not: Google takes each name once. */
export interface DeployedElsewhere {
  /** Of the container that receives requests. */
  readonly container: Pick<types.ServiceTemplateContainer, "baseImageUri" | "image">;
  readonly traffics: types.ServiceTraffic[];
}

export interface ServicePlace {
  readonly name: string;
  readonly location: pulumi.Input<string>;
  /** @default - the provider's project */
  readonly project?: pulumi.Input<string>;
}

/**
 * One lookup. Nothing where the service does not exist yet; any other failure fails the program, since the image that the
 * caller would use instead may be an old one.
 *
 * @param after what has to be there before Google can be asked
 */
export function deployedElsewhere(
  { name, location, project }: ServicePlace,
  after: pulumi.Input<unknown>,
  opts: pulumi.InvokeOptions,
): pulumi.Output<DeployedElsewhere | undefined> {
  return pulumi.all([location, project, after]).apply(async ([region, home]) => {
    try {
      const service = await cloudrunv2.getService({ name, location: region, project: home }, opts);
      return carriedOver(service);
    } catch (error) {
      const said = (error as Error).message;
      if (said.includes(`/services/${name} not found`)) return undefined;
      throw withoutTrace(
        `"${name}": Google could not be asked which image runs (${reason(said)}), and that of the config may be older: ` +
          "nothing of it is deployed; whoever deploys needs run.services.get",
      );
    }
  });
}

function carriedOver({ templates, traffics }: cloudrunv2.GetServiceResult): DeployedElsewhere {
  const containers = templates[0]?.containers ?? [];
  const main = containers.find(({ ports }) => ports.length > 0) ?? containers[0];
  if (!main?.image) throw new Error("Google names no image of it");
  const { image, baseImageUri } = main;
  return { container: { image, ...(baseImageUri && { baseImageUri }) }, traffics: traffics.map(target) };
}

/** A data source writes empty text where there is nothing. */
function target({ type, percent, revision, tag }: read.GetServiceTraffic): types.ServiceTraffic {
  return { type, percent, ...(revision && { revision }), ...(tag && { tag }) };
}

/** Google's sentence, without the words of the SDK and the provider around it and the details that may follow it. */
function reason(message: string): string {
  const [said] = /googleapi: Error .*/.exec(message) ?? [];
  const lines = message.split("\n").map((line) => line.replace(/^\s*\*/, "").trim());
  return said ?? lines.findLast((line) => line !== "") ?? "no reason given";
}

/** Thrown while resources are made, it reaches the SDK as it is, whose print of a stack and a promise takes a minute. */
function withoutTrace(message: string): pulumi.RunError {
  const hidden = { writable: true, enumerable: false };
  return Object.defineProperties(new pulumi.RunError(message), { stack: { ...hidden, value: "" }, promise: hidden });
}
