/** Another pipeline at work: it changes a service at Google while Pulumi's state knows nothing of it. */
import type { ControlPlane, Properties } from "../../sandbox/control-plane";
import { SERVICE } from "./support";

interface Container extends Properties {
  image: string;
}

/** A service as Google has it. */
export function running(controlPlane: ControlPlane, name: string) {
  const found = controlPlane.list({ type: SERVICE }).find(({ id }) => id.endsWith(`/services/${name}`));
  if (!found) throw new Error(`there is no service "${name}"`);
  const template = found.inputs["template"] as Properties & { containers: Container[] };
  const images = template.containers.map(({ image }) => image);
  return { ...found, template, images, revision: found.state["latestCreatedRevision"] as string };
}

/**
 * `gcloud run deploy NAME --image IMAGE`: it names the revision itself and leaves its marks on service and template.
 * With `traffic`, also what `gcloud run services update-traffic` does.
 */
export function gcloudDeploys(controlPlane: ControlPlane, name: string, image: string, traffic?: Properties[]): void {
  const { id, inputs, template, state } = running(controlPlane, name);
  const containers = template.containers.map((one) =>
    one["ports"] || template.containers.length === 1 ? { ...one, image } : one,
  );
  const count = String(Number(state["generation"]) + 1).padStart(5, "0");
  controlPlane.update({
    type: SERVICE,
    id,
    inputs: {
      ...inputs,
      client: "gcloud",
      clientVersion: "550.0.0",
      template: {
        ...template,
        containers,
        revision: `${name}-${count}-gcl`,
        labels: { "managed-by": "gcp-cloud-build-deploy-cloud-run", "commit-sha": `c0ffee${count}` },
      },
      ...(traffic && { traffics: traffic }),
    },
  });
}
