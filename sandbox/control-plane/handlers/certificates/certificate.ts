import { GoogleError } from "../../errors";
import type { Handler, World } from "../../handler";
import { isObject, listAt, objectAt, type Properties, textAt } from "../../properties";
import { enumFailures } from "../run/audit";
import {
  AUTHORIZATION,
  admitNameAndLabels,
  CERTIFICATE_MAP_ENTRY,
  certificatePartId,
  isDomain,
  labelOutputs,
  located,
  needCertificatePart,
} from "./names";

const SCOPES = ["DEFAULT", "EDGE_CACHE", "ALL_REGIONS", "CLIENT_AUTH"];
const DOMAINS_MAX = 100;

/** A certificate of Certificate Manager. Google has the managed ones issued after they are made. Assumed: the words. */
export const certificate: Handler = {
  ...located("Certificate", "certificates"),
  validate: (inputs) => enumFailures(inputs, { scope: SCOPES }),
  defaults: () => ({ scope: "DEFAULT", location: "global" }),
  admit({ inputs }, world) {
    admitNameAndLabels(inputs);
    if (isObject(inputs["managed"]) === isObject(inputs["selfManaged"])) {
      throw new GoogleError(400, "exactly one of managed and self_managed must be set, badRequest");
    }
    if (isObject(inputs["managed"])) admitManaged(inputs, world);
  },
  compute: ({ inputs, previous }) => ({
    ...labelOutputs(inputs),
    sanDnsnames: listAt(inputs, "managed", "domains"),
    ...(isObject(inputs["managed"]) && {
      managed: { ...inputs["managed"], state: textAt(previous?.state, "managed", "state") ?? "PROVISIONING" },
    }),
  }),
  mayDelete({ id }, world) {
    for (const entry of world.all(CERTIFICATE_MAP_ENTRY)) {
      const certificates = entry.external ? [] : listAt(entry.state, "certificates").map(String);
      if (!certificates.some((one) => certificatePartId(one, "certificates", entry.state, world) === id)) continue;
      throw new GoogleError(
        400,
        "can't delete certificate that is referenced by a CertificateMapEntry or other resources, failedPrecondition",
      );
    }
  },
};

/** Source: https://cloud.google.com/certificate-manager/docs/domain-authorization */
function admitManaged(inputs: Properties, world: World): void {
  const managed = objectAt(inputs, "managed");
  const domains = listAt(managed, "domains").map(String);
  if (domains.length === 0 || domains.length > DOMAINS_MAX) {
    throw new GoogleError(
      400,
      `managed.domains must have 1 to ${DOMAINS_MAX} domains, got ${domains.length}, badRequest`,
    );
  }
  const bad = domains.find((domain) => !isDomain(domain.replace(/^\*\./, "")));
  if (bad !== undefined) throw new GoogleError(400, `managed.domains: '${bad}' is no host name, badRequest`);
  const authorized = listAt(managed, "dnsAuthorizations").map((said) => {
    const id = certificatePartId(String(said), "dnsAuthorizations", inputs, world);
    return textAt(needCertificatePart(AUTHORIZATION, id, world).state, "domain");
  });
  const wildcard = domains.find((domain) => domain.startsWith("*."));
  if (authorized.length === 0 && wildcard !== undefined) {
    throw new GoogleError(400, `managed.domains: '${wildcard}' needs a DNS authorization, badRequest`);
  }
  if (authorized.length === 0 || textAt(managed, "issuanceConfig") !== undefined) return;
  const without = domains.find((domain) => !authorized.includes(domain.replace(/^\*\./, "")));
  if (without === undefined) return;
  throw new GoogleError(400, `managed.domains: no DNS authorization is for '${without}', badRequest`);
}
