import * as assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { deployedElsewhere } from "../../components/deployed-elsewhere";

const place = { name: "web", project: "acme-dev", location: "europe-west9" };

/** What the provider says of a lookup that failed with Google's words. */
const wrapped = (said: string) =>
  `invocation of gcp:cloudrunv2/getService:getService returned an error: invoking gcp:cloudrunv2/getService:getService: 1 error occurred:\n\t* Error when reading or editing CloudRunV2Service "projects/acme-dev/locations/europe-west9/services/web": ${said}\n\n`;

async function lookUp(answer: () => object): Promise<unknown> {
  await pulumi.runtime.setMocks({ newResource: ({ inputs }) => ({ id: "", state: inputs }), call: answer });
  const found = deployedElsewhere(place, undefined, {}) as pulumi.Output<unknown> & { promise(): Promise<unknown> };
  return found.promise();
}

/** The engine's words travel as the details of a status. */
const failing = (details: string) =>
  lookUp(() => {
    throw Object.assign(new Error(details), { details });
  });

describe("what another pipeline deployed", () => {
  it("is nothing where there is no service yet", async () => {
    assert.equal(
      await failing(
        wrapped("").replace(/Error when.*/s, "projects/acme-dev/locations/europe-west9/services/web not found\n\n"),
      ),
      undefined,
    );
  });

  for (const [what, said, reason] of [
    [
      "Google's words and no details",
      "googleapi: Error 403: Permission 'run.services.get' denied on resource",
      "googleapi: Error 403: Permission 'run.services.get' denied on resource",
    ],
    [
      "Google's words, and details as JSON after them",
      'googleapi: Error 403: Cloud Run Admin API has not been used in project 1 before.\nDetails:\n[\n  {\n    "@type": "type.googleapis.com/google.rpc.ErrorInfo",\n    "reason": "SERVICE_DISABLED"\n  }\n]',
      "googleapi: Error 403: Cloud Run Admin API has not been used in project 1 before.",
    ],
    [
      "no words of Google's",
      "dial tcp: lookup run.googleapis.com: no such host",
      'Error when reading or editing CloudRunV2Service "projects/acme-dev/locations/europe-west9/services/web": dial tcp: lookup run.googleapis.com: no such host',
    ],
  ] as const) {
    it(`stops the program where the lookup fails, by ${what}`, async () => {
      await assert.rejects(failing(wrapped(said)), {
        message: `"web": Google could not be asked which image runs (${reason}), and that of the config may be older: nothing of it is deployed; whoever deploys needs run.services.get`,
      });
    });
  }
});
