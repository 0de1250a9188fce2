/** Pulumi type tokens as @pulumi/gcp spells them; mind `iAMMember` beside `serviceIamMember`. */

export const SERVICE = "gcp:cloudrunv2/service:Service";
export const JOB = "gcp:cloudrunv2/job:Job";
export const WORKER_POOL = "gcp:cloudrunv2/workerPool:WorkerPool";

/** Every grant that can open a Cloud Run service, job or worker pool, from the resource up to the organization. */
export const IAM_GRANTS: readonly string[] = [
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember",
  "gcp:cloudrunv2/serviceIamBinding:ServiceIamBinding",
  "gcp:cloudrunv2/serviceIamPolicy:ServiceIamPolicy",
  "gcp:cloudrunv2/jobIamMember:JobIamMember",
  "gcp:cloudrunv2/jobIamBinding:JobIamBinding",
  "gcp:cloudrunv2/jobIamPolicy:JobIamPolicy",
  "gcp:cloudrunv2/workerPoolIamMember:WorkerPoolIamMember",
  "gcp:cloudrunv2/workerPoolIamBinding:WorkerPoolIamBinding",
  "gcp:cloudrunv2/workerPoolIamPolicy:WorkerPoolIamPolicy",
  "gcp:projects/iAMMember:IAMMember",
  "gcp:projects/iAMBinding:IAMBinding",
  "gcp:projects/iAMPolicy:IAMPolicy",
  "gcp:folder/iAMMember:IAMMember",
  "gcp:folder/iAMBinding:IAMBinding",
  "gcp:folder/iAMPolicy:IAMPolicy",
  "gcp:organizations/iAMMember:IAMMember",
  "gcp:organizations/iAMBinding:IAMBinding",
  "gcp:organizations/iAMPolicy:IAMPolicy",
];
