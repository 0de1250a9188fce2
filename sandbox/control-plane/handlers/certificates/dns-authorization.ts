import { GoogleError } from "../../errors";
import type { Handler } from "../../handler";
import { listAt, textAt } from "../../properties";
import { stableDigits, stableUuid } from "../../rules/identifiers";
import { enumFailures } from "../run/audit";
import { admitNameAndLabels, CERTIFICATE, certificatePartId, isDomain, labelOutputs, located } from "./names";

/** Lets Google issue certificates of a domain: who controls its DNS puts the record there that it asks for. */
export const dnsAuthorization: Handler = {
  ...located("DnsAuthorization", "dnsAuthorizations"),
  validate: (inputs) => enumFailures(inputs, { type: ["FIXED_RECORD", "PER_PROJECT_RECORD"] }),
  admit({ inputs }) {
    admitNameAndLabels(inputs);
    const domain = textAt(inputs, "domain") ?? "";
    if (isDomain(domain)) return;
    throw new GoogleError(400, `domain '${domain}' must be a host name without a wildcard, badRequest`);
  },
  compute({ id, inputs, incarnation }) {
    const [domain, type] = [String(inputs["domain"]), textAt(inputs, "type") ?? "FIXED_RECORD"];
    const seed = `${id} ${incarnation}`;
    const own = type === "FIXED_RECORD" ? "" : `_${stableDigits(seed, 12)}`;
    const data = `${stableUuid(seed)}.${Number(stableDigits(seed, 2)) % 20}.authorize.certificatemanager.goog.`;
    return {
      ...labelOutputs(inputs),
      type,
      dnsResourceRecords: [{ name: `_acme-challenge${own}.${domain}.`, type: "CNAME", data }],
    };
  },
  mayDelete({ id }, world) {
    for (const certificate of world.all(CERTIFICATE)) {
      if (certificate.external) continue;
      const authorizations = listAt(certificate.state, "managed", "dnsAuthorizations").map(String);
      if (!authorizations.some((one) => certificatePartId(one, "dnsAuthorizations", certificate.state, world) === id)) {
        continue;
      }
      throw new GoogleError(
        400,
        "can't delete DNS authorization that is referenced by a Certificate, failedPrecondition",
      );
    }
  },
};
