import { SERVICE } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { IMAGE, secret, service, UNKNOWN, withContainer } from "../given.examples";

const TAGGED = "europe-docker.pkg.dev/acme/images/app:1.4.2";

export const examples: Examples = {
  compliant: [
    ...withContainer.map(([type, make]) => ({ because: `${type} names a digest`, type, props: make({}) })),
    {
      because: "a tag beside the digest decides nothing",
      type: SERVICE,
      props: service({}, { image: IMAGE.replace("@", ":1.4.2@") }),
    },
    { because: "a secret is read", type: SERVICE, props: service({}, { image: secret(IMAGE) }) },
    {
      because: "the image is left out, which Cloud Run refuses",
      type: SERVICE,
      props: service({}, { image: undefined }),
    },
  ],
  violating: [
    ...withContainer.map(([type, make, path]) => ({
      because: `a tag in ${type}`,
      type,
      props: make({ image: TAGGED }),
      path: `${path}.image`,
    })),
    ...["nginx", "nginx:latest", "acme.com:5000/app", "app@sha1:0a", "app@sha256:", 7].map((image) => ({
      because: `${image} has no digest`,
      type: SERVICE,
      props: service({}, { image }),
      path: "template.containers[0].image",
    })),
    {
      because: "the second container is read as well",
      type: SERVICE,
      props: service({
        template: { serviceAccount: "a@b.iam.gserviceaccount.com", containers: [{ image: IMAGE }, { image: TAGGED }] },
      }),
      path: "template.containers[1].image",
    },
  ],
  unknown: [
    {
      because: "the image is built in the same stack",
      type: SERVICE,
      props: service({}, { image: UNKNOWN }),
      path: "template.containers[0].image",
    },
  ],
};
