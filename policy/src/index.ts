/** What the policy host runs: registers the pack with the policy SDK, which serves it to the engine. */
import { PolicyPack } from "@pulumi/policy";
import { PACK_NAME, policyPack } from "./pack";

new PolicyPack(PACK_NAME, policyPack());
