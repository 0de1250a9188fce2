import { z } from "zod";
import { containerKeys } from "./container";
import { callerKeys, labels, receiverKeys } from "./shared";

/** Functions of the 2nd generation, as written in stack config: each is a Cloud Run service underneath. */

const trigger = z
  .strictObject({
    topic: z
      .string()
      .regex(
        /^(projects\/[^/\s]+\/topics\/)?[A-Za-z][\w.~+%-]{2,254}$/,
        'must be a topic\'s name, or "projects/PROJECT/topics/NAME"',
      )
      .optional()
      .describe("Pub/Sub topic whose messages it gets: a name, or `projects/PROJECT/topics/NAME`"),
    eventType: z
      .string()
      .regex(/^google\.[\w.]+$/, 'must be a type of Eventarc, e.g. "google.cloud.audit.log.v1.written"')
      .optional()
      .describe("Type of the events it gets instead, e.g. `google.cloud.audit.log.v1.written`"),
    filters: z
      .record(z.string(), z.string())
      .optional()
      .describe("What the events' attributes have to be, e.g. `{ serviceName: storage.googleapis.com }`"),
    region: z.string().optional().describe("Region of the events; default: the function's"),
    retry: z.boolean().optional().describe("Whether a failed event is brought again; default: false"),
  })
  .describe("Events that start it, brought by an account of their own; default: requests start it");

export const cloudFunction = z.strictObject({
  source: z
    .string()
    .regex(/^\S(.*\S)?$/, 'must be a folder, as seen from this file, e.g. "functions/score"')
    .describe("Folder with its code, relative to this file, which is uploaded and built whenever a file of it changes"),
  bucket: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
      'must be the name of a bucket without "gs://": 3 to 63 lower-case letters, digits, dots, hyphens and underscores',
    )
    .optional()
    .describe("Bucket, which exists, that the code is uploaded to; default: one that the mesh makes"),
  runtime: z
    .string()
    .regex(/^(nodejs|python|go|java|ruby|php|dotnet)\d+$/, 'must be a runtime, e.g. "nodejs22"')
    .describe("Language and version, e.g. `nodejs22`"),
  entryPoint: z
    .string()
    .regex(/^[A-Za-z_][\w.-]*$/, 'must be the name of a function in the code, e.g. "scoreOrder"')
    .describe("Name of the function in the code"),
  trigger: trigger.optional(),
  sandbox: z
    .strictObject({
      command: z
        .array(z.string().min(1))
        .min(1)
        .describe("Program and arguments, run in `source`; `$PORT` and the process's other variables are put in"),
    })
    .optional()
    .describe("How the sandbox starts it; default: the Functions Framework for Node.js"),
  ...callerKeys,
  ...receiverKeys,
  env: containerKeys.env,
  resources: z
    .strictObject({
      cpu: containerKeys.resources
        .unwrap()
        .shape.cpu.describe('CPUs, e.g. `"1"`, or a share, e.g. `"0.333"`; default: what Google gives for the memory'),
      memory: containerKeys.resources
        .unwrap()
        .shape.memory.describe("Memory with its unit, e.g. `512Mi`; default: 256Mi"),
    })
    .optional()
    .describe("CPU and memory"),
  scaling: z
    .strictObject({
      minInstances: z.int().min(0).optional().describe("Instances kept warm; default: 0"),
      maxInstances: z.int().min(1).optional().describe("Most instances; default: Google's, 100"),
    })
    .optional()
    .describe("Number of instances"),
  concurrency: z.int().min(1).max(1000).optional().describe("Requests an instance handles at once; default: 1"),
  timeoutSeconds: z
    .int()
    .min(1)
    .max(3600)
    .optional()
    .describe("Seconds until a request is ended, at most 540 with a trigger; default: 60"),
  name: z.string().optional().describe("Name of the function, also of one that exists; default: the key"),
  description: z.string().max(512).optional().describe("What it is for, shown in the console"),
  labels: labels.optional().describe("Labels, added to the mesh's"),
  deletionProtection: z.boolean().optional().describe("Whether destroying it is refused; default: the mesh's"),
});

export type CloudFunctionConfig = z.output<typeof cloudFunction>;
