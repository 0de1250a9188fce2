/**
 * Fields of an IAM resource that the gcp provider made and cannot set: set once the resource is there, held, and set to
 * something else before it goes. Run by the engine's dynamic provider: docs/decisions/0018-a-client-that-names-itself.md
 */
import type * as pulumi from "@pulumi/pulumi";
import * as dynamic from "@pulumi/pulumi/dynamic";
import { iamPatchProvider, type PatchInputs } from "./iam-patch-provider";

export type IamPatchArgs = { readonly [Key in keyof PatchInputs]: pulumi.Input<NonNullable<PatchInputs[Key]>> };

export class IamPatch extends dynamic.Resource {
  constructor(name: string, args: IamPatchArgs, opts?: pulumi.CustomResourceOptions) {
    super(iamPatchProvider, name, { ...args }, opts, "cloud-run-mesh", "IamPatch");
  }
}
