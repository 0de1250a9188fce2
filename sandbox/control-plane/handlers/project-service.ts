import { GoogleError } from "../errors";
import type { Handler } from "../handler";
import { textAt } from "../properties";

/** An API of a project. Other resources do not depend on it here: every API answers. */
export const projectService: Handler = {
  kind: "Project Service",
  idempotent: true,
  defaults: () => ({ disableOnDestroy: false }),
  identify: (inputs) => `${String(inputs["project"])}/${String(inputs["service"])}`,
  parseId: (id, world) => (id.includes("/") ? id : `${world.scope.project}/${id}`),
  admit({ inputs }) {
    const service = textAt(inputs, "service") ?? "";
    if (!/^[a-z][-a-z0-9.]*\.[a-z]+$/.test(service)) {
      throw new GoogleError(404, `Not found or permission denied for service(s): ${service}., notFound`);
    }
  },
};
