import { IMAGE } from "../support";
import type { WrongConfig } from "./wrong-config";

const ACCOUNTS = { ingress: { all: "people come from their laptops" } };

/** Old keys that are no old keys, or of two nodes at once. */
export const wrongFormerly: readonly WrongConfig[] = [
  {
    fact: "an old key that is its own",
    web: { formerly: "web" },
    problems: ['services.web.formerly: "web" is its own key; write the old one, or remove it'],
  },
  {
    fact: "an old key that another service still has",
    web: { formerly: "api" },
    problems: ['services.web.formerly: "api" is still the key of services.api; rename or remove that first'],
  },
  {
    fact: "an old key that a job still has",
    web: { formerly: "nightly" },
    config: { jobs: { nightly: { image: IMAGE } } },
    problems: ['services.web.formerly: "nightly" is still the key of jobs.nightly; rename or remove that first'],
  },
  {
    fact: "an old key of two",
    web: { formerly: "shop", name: "web" },
    config: { workerPools: { take: { image: IMAGE, formerly: "shop", name: "take" } } },
    problems: [
      'workerPools.take.formerly: "shop" is also the old key of services.web; one of them alone can go on with what it names',
    ],
  },
  {
    fact: "an old key of a developer that a service still has",
    api: ACCOUNTS,
    config: { developers: { laptop: { member: "group:staff@acme.com", calls: ["api"], formerly: "web" } } },
    problems: ['developers.laptop.formerly: "web" is still the key of services.web; rename or remove that first'],
  },
  {
    fact: "an old key that is no key",
    web: { formerly: "Shop" },
    problems: [
      'services.web.formerly: got "Shop", must be lower-case letters, digits and hyphens, starting with a letter',
    ],
  },
  {
    fact: "a name that another service keeps from its old key",
    web: { formerly: "shop" },
    api: { name: "shop" },
    problems: ['services.api.name: "shop" is also that of services.web; give each service its own'],
  },
  {
    fact: "a variable that a call to a renamed service sets",
    web: { env: { SHOP_URL: "x" } },
    api: { formerly: "shop" },
    problems: ['services.web.env.SHOP_URL: "SHOP_URL" is set by the call to "api"; remove one of the two'],
  },
];
