import { SERVICE } from "../../facts/tokens";
import type { Examples } from "../../rule";
import { IMAGE, secret, service, UNKNOWN, withContainer } from "../given.examples";

const DIGEST = IMAGE.slice(IMAGE.indexOf("@"));
const config = { allowedRegistries: ["europe-docker.pkg.dev/acme/", "docker.io/library/nginx", "mirror.acme.com"] };
const of = (image: unknown) => service({}, { image });

const nameOf = (image: unknown) => (typeof image === "string" ? (image.split("@")[0] ?? "") : "what is a secret");

export const examples: Examples = {
  compliant: [
    { because: "without a list all are allowed", type: SERVICE, props: of(`evil.example/app${DIGEST}`) },
    {
      because: "so with an empty one",
      type: SERVICE,
      props: of(`evil.example/app${DIGEST}`),
      config: { allowedRegistries: [] },
    },
    ...[
      IMAGE,
      `europe-docker.pkg.dev/ACME/other/app:1${DIGEST}`,
      `nginx${DIGEST}`,
      `library/nginx:1${DIGEST}`,
      `mirror.acme.com/any/thing${DIGEST}`,
      secret(IMAGE),
    ].map((image) => ({ because: `${nameOf(image)} lies under one of them`, type: SERVICE, props: of(image), config })),
    {
      because: "case and space around either do not matter",
      type: SERVICE,
      props: of(` ${IMAGE} `),
      config: { allowedRegistries: [" Europe-Docker.pkg.dev/ACME/ "] },
    },
  ],
  violating: [
    ...[
      `evil.example/app${DIGEST}`,
      `europe-docker.pkg.dev/acme-evil/app${DIGEST}`,
      `europe-docker.pkg.dev.evil.example/acme/app${DIGEST}`,
      `mirror.acme.com:5000/app${DIGEST}`,
      `redis${DIGEST}`,
      `nginx/evil${DIGEST}`,
      `evil.example/europe-docker.pkg.dev/acme/app${DIGEST}`,
    ].map((image) => ({
      because: `${nameOf(image)} lies under none`,
      type: SERVICE,
      props: of(image),
      config,
      path: "template.containers[0].image",
    })),
    ...withContainer.map(([type, make, path]) => ({
      because: `a foreign image in ${type}`,
      type,
      props: make({ image: `evil.example/app${DIGEST}` }),
      config,
      path: `${path}.image`,
    })),
  ],
  unknown: [
    {
      because: "the image is built in the same stack",
      type: SERVICE,
      props: of(UNKNOWN),
      config,
      path: "template.containers[0].image",
    },
  ],
};
