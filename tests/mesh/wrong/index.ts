import { wrongAccess } from "./access";
import { wrongCalls } from "./calls";
import { wrongDatabases } from "./cloud-sql";
import { wrongContainers } from "./containers";
import { wrongDevelopers } from "./developers";
import { wrongFormerly } from "./formerly";
import { wrongFunctions } from "./functions";
import { wrongIdentities } from "./identity";
import { wrongJobs } from "./jobs";
import { wrongTogether } from "./judged-together";
import { wrongLoadBalancers } from "./load-balancer";
import { wrongMeshes } from "./mesh";
import { wrongNetworks } from "./networks";
import { wrongOperators } from "./operators";
import { wrongServices } from "./services";
import type { WrongConfig } from "./wrong-config";

/** Every wrong config that is written by hand; those that are wrong by type alone are made in `../typed-values.ts`. */
export const wrongConfigs: readonly WrongConfig[] = [
  ...wrongMeshes,
  ...wrongCalls,
  ...wrongAccess,
  ...wrongNetworks,
  ...wrongServices,
  ...wrongFormerly,
  ...wrongIdentities,
  ...wrongContainers,
  ...wrongDatabases,
  ...wrongFunctions,
  ...wrongJobs,
  ...wrongLoadBalancers,
  ...wrongOperators,
  ...wrongDevelopers,
  ...wrongTogether,
];
