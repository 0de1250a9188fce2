import { shortName, withoutHost } from "../rules/identifiers";
import type { ReadBack, ReadBackArguments } from "./read-back";

/** Google answers with the number of a project; the provider takes that for its id, and a name alone for a path. */
const reference: ReadBack = {
  suppresses: (read, said) => (said.includes("/") ? apart(read) === apart(said) : shortName(read) === said),
};

function apart(path: string): string {
  return withoutHost(path).replace(/^projects\/[^/]+\//, "");
}

/** Sources: certificatemanager/resource_certificate_manager_certificate.go, …_map.go and so on. */
export const CERTIFICATES: Readonly<Record<string, ReadBackArguments>> = {
  "gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {},
  "gcp:certificatemanager/certificate:Certificate": { "managed.dnsAuthorizations[]": reference },
  "gcp:certificatemanager/certificateMap:CertificateMap": {},
  "gcp:certificatemanager/certificateMapEntry:CertificateMapEntry": { "certificates[]": reference, map: reference },
};
