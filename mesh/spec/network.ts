import { z } from "zod";
import { parseRange } from "../../google/ranges";
import { KEY_PATTERN } from "../names";

/** How a config speaks of the VPC network through which internal services are called. */

const ways = {
  network: z
    .string()
    .optional()
    .describe("VPC network for Direct VPC egress: a name, or `projects/HOST/global/networks/NAME`"),
  subnetwork: z.string().optional().describe("Subnetwork in the service's region, with Private Google Access on"),
  tags: z.array(z.string()).optional().describe("Network tags of the instances"),
  connector: z.string().optional().describe("Serverless VPC Access connector instead of Direct VPC egress"),
  egress: z
    .enum(["all-traffic", "private-ranges-only"])
    .optional()
    .describe("Which traffic goes to the VPC network; default: all-traffic"),
};

/** A service's own way into a network that exists. */
export const serviceNetwork = z
  .strictObject({
    ...ways,
    privateDnsZone: z
      .boolean()
      .optional()
      .describe(
        "Whether the VPC network resolves `run.app` to private.googleapis.com; needed with private-ranges-only; default: false",
      ),
  })
  .describe("An existing VPC network through which internal services are called");

const create = z
  .strictObject({
    name: z
      .string()
      .regex(KEY_PATTERN, "must be lower-case letters, digits and hyphens, starting with a letter")
      .max(63)
      .optional()
      .describe("Name of the VPC network, its subnetwork and what else is made in it; default: mesh"),
    cidr: z
      .string()
      .refine((text) => parseRange(text) !== undefined, 'must be an IPv4 range, e.g. "10.0.0.0/24"')
      .optional()
      .describe(
        "Range of the subnetwork; it can grow in place, any other range takes another `name`; default: 10.0.0.0/20, or what twice the services' instances need; with a connector 10.8.0.0/28",
      ),
    connector: z
      .boolean()
      .optional()
      .describe("Whether a Serverless VPC Access connector is made, instead of Direct VPC egress; default: false"),
    nat: z
      .boolean()
      .optional()
      .describe("Whether Cloud NAT leads to the internet, which all-traffic is cut off from otherwise; default: false"),
    retainOnDelete: z
      .boolean()
      .optional()
      .describe(
        "Whether destroying the stack leaves the network and its subnetwork, which Google keeps busy for hours after the last service; default: true",
      ),
  })
  .describe("Makes a VPC network, in place of naming one: its subnetwork, and what the other keys ask for");

/** The mesh's network: one that exists, or one to be made. */
export const meshNetwork = z
  .strictObject({
    ...ways,
    privateDnsZone: z
      .boolean()
      .optional()
      .describe(
        "Whether the VPC network resolves `run.app` to private.googleapis.com, which private-ranges-only needs; with `create` the zone is made; default: false, with `create` where private-ranges-only needs it",
      ),
    create: create.optional(),
  })
  .describe("The VPC network through which internal services are called");

export type NetworkConfig = z.output<typeof serviceNetwork>;
export type MeshNetworkConfig = z.output<typeof meshNetwork>;
export type CreateNetworkConfig = z.output<typeof create>;
