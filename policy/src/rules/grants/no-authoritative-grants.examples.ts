import type { Examples } from "../../rule";
import { CALLER, INVOKER, UNKNOWN } from "../given.examples";
import { noAuthoritativeGrants } from "./no-authoritative-grants";

export const examples: Examples = {
  compliant: [
    {
      because: "a Member adds one and takes none away",
      type: "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
      props: { role: INVOKER, member: CALLER },
    },
    {
      because: "so does a function's",
      type: "gcp:cloudfunctionsv2/functionIamMember:FunctionIamMember",
      props: { role: "roles/cloudfunctions.viewer", member: CALLER },
    },
    {
      because: "above the workloads the platform's own stack may be the authority",
      type: "gcp:projects/iAMBinding:IAMBinding",
      props: { role: "roles/run.viewer", members: [CALLER] },
    },
  ],
  violating: [
    ...noAuthoritativeGrants.types.map((type) => ({
      because: `${type} takes away what others granted`,
      type,
      props: /Policy$/.test(type)
        ? { policyData: JSON.stringify({ bindings: [{ role: INVOKER, members: [CALLER] }] }) }
        : { role: INVOKER, members: [CALLER] },
      path: /Policy$/.test(type) ? "policyData" : "members",
    })),
    {
      because: "left out or not, the form is the mistake",
      type: "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding",
      props: {},
      path: "members",
    },
    {
      because: "what it grants need not be known",
      type: "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
      props: { policyData: UNKNOWN },
      path: "policyData",
    },
  ],
  unknown: [],
};
