import { wrongAccess } from "./access";
import { wrongCalls } from "./calls";
import { wrongDatabases } from "./cloud-sql";
import { wrongContainers } from "./containers";
import { wrongDevelopers } from "./developers";
import { wrongEgress } from "./egress";
import { wrongFormerly } from "./formerly";
import { wrongFunctions } from "./functions";
import { wrongIdentities } from "./identity";
import { wrongJobs } from "./jobs";
import { wrongTogether } from "./judged-together";
import { wrongInstances } from "./limits/instances";
import { wrongMounts } from "./limits/mounts";
import { wrongTimes } from "./limits/times";
import { wrongTraffic } from "./limits/traffic";
import { wrongVariables } from "./limits/variables";
import { wrongLoadBalancers } from "./load-balancer";
import { wrongMembers } from "./members";
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
  ...wrongMembers,
  ...wrongNetworks,
  ...wrongServices,
  ...wrongFormerly,
  ...wrongIdentities,
  ...wrongEgress,
  ...wrongContainers,
  ...wrongInstances,
  ...wrongMounts,
  ...wrongTimes,
  ...wrongTraffic,
  ...wrongVariables,
  ...wrongDatabases,
  ...wrongFunctions,
  ...wrongJobs,
  ...wrongLoadBalancers,
  ...wrongOperators,
  ...wrongDevelopers,
  ...wrongTogether,
];
