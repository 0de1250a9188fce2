import * as gcp from "@pulumi/gcp";
import { PolicyPack, validateResourceOfType } from "@pulumi/policy";

const isPublic = (member: string) => member === "allUsers" || member === "allAuthenticatedUsers";
const isDefault = (email?: string) =>
  !email || email.endsWith("-compute@developer.gserviceaccount.com") || email.endsWith("@appspot.gserviceaccount.com");

new PolicyPack("conventional", {
  policies: [
    {
      name: "no-public-member",
      description: "Nobody may be let in unauthenticated",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(gcp.cloudrunv2.ServiceIamMember, ({ member }, _, report) => {
        if (isPublic(member)) report(`${member} may call the service`);
      }),
    },
    {
      name: "no-public-binding",
      description: "Nobody may be let in unauthenticated",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(gcp.cloudrunv2.ServiceIamBinding, ({ members }, _, report) => {
        if (members.some(isPublic)) report("anyone may call the service");
      }),
    },
    {
      name: "no-public-policy",
      description: "Nobody may be let in unauthenticated",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(gcp.cloudrunv2.ServiceIamPolicy, ({ policyData }, _, report) => {
        if (/allUsers|allAuthenticatedUsers/.test(policyData)) report("anyone may call the service");
      }),
    },
    {
      name: "closed-ingress",
      description: "Ingress must be limited or explained",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(gcp.cloudrunv2.Service, (service, _, report) => {
        if (service.invokerIamDisabled) report("the invoker check is off");
        if (service.ingress === "INGRESS_TRAFFIC_ALL" && !service.annotations?.reason) report("ingress is open");
      }),
    },
    {
      name: "own-service-account",
      description: "A service runs as an account of its own",
      enforcementLevel: "mandatory",
      validateResource: validateResourceOfType(gcp.cloudrunv2.Service, ({ template }, _, report) => {
        if (isDefault(template.serviceAccount)) report("the service runs as a default service account");
      }),
    },
  ],
});
