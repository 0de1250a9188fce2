import { GoogleError } from "../../errors";
import type { CheckFailure, Handler, World } from "../../handler";
import { listAt, type Properties, textAt } from "../../properties";
import { HTTPS_PROXY } from "../load-balancing/types";
import {
  admitNameAndLabels,
  CERTIFICATE,
  CERTIFICATE_MAP,
  CERTIFICATE_MAP_ENTRY,
  certificatePartId,
  isDomain,
  labelOutputs,
  located,
  needCertificatePart,
} from "./names";

const CERTIFICATES_MAX = 4;

/** Which certificates a proxy shows, by host name. */
export const certificateMap: Handler = {
  ...located("CertificateMap", "certificateMaps"),
  admit: ({ inputs }) => admitNameAndLabels(inputs),
  compute: ({ inputs, previous }, world) => ({
    ...labelOutputs(inputs),
    ...times(previous?.state, world),
    gclbTargets: [],
  }),
  /** Assumed: the words. */
  mayDelete({ id }, world) {
    const proxies = [...world.all(HTTPS_PROXY)].filter((proxy) => !proxy.external);
    if (proxies.some(({ state }) => mapOf(state, world) === id)) {
      const what = "a TargetHttpsProxy or TargetSslProxy";
      throw new GoogleError(400, `can't delete certificate map that is referenced by ${what}, failedPrecondition`);
    }
    if ([...world.all(CERTIFICATE_MAP_ENTRY)].some((entry) => entry.id.startsWith(`${id}/`))) {
      throw new GoogleError(400, "can't delete certificate map that has certificate map entries, failedPrecondition");
    }
  },
};

/** One host name of a map, or what is shown where no host name fits. */
export const certificateMapEntry: Handler = {
  kind: "CertificateMapEntry",
  naming: { property: "name", maxLength: 63 },
  validate: oneMatcher,
  identify: (inputs) => `${mapId(inputs)}/certificateMapEntries/${String(inputs["name"])}`,
  duplicate: ({ id }) => `Resource '${id}' already exists, alreadyExists`,
  admit({ id, inputs }, world) {
    admitNameAndLabels(inputs);
    needCertificatePart(CERTIFICATE_MAP, mapId(inputs), world);
    admitMatcher(id, inputs, world);
    const certificates = listAt(inputs, "certificates").map(String);
    if (certificates.length === 0 || certificates.length > CERTIFICATES_MAX) {
      throw new GoogleError(
        400,
        `certificates must have 1 to ${CERTIFICATES_MAX} certificates, got ${certificates.length}, badRequest`,
      );
    }
    for (const said of certificates) {
      needCertificatePart(CERTIFICATE, certificatePartId(said, "certificates", inputs, world), world);
    }
  },
  compute: ({ inputs, previous }, world) => ({
    ...labelOutputs(inputs),
    ...times(previous?.state, world),
    state: "ACTIVE",
  }),
};

/** Source: `ExactlyOneOf` of both in the provider's resource_certificate_manager_certificate_map_entry.go */
function oneMatcher(inputs: Properties): CheckFailure[] {
  const said = ["hostname", "matcher"].filter((key) => inputs[key] !== undefined && inputs[key] !== null);
  if (said.length === 1) return [];
  const reason =
    said.length === 0
      ? '"hostname": one of `hostname,matcher` must be specified'
      : '"hostname": only one of `hostname,matcher` can be specified, but `hostname,matcher` were specified.';
  return [{ property: "hostname", reason }];
}

/** Assumed: the words. */
function admitMatcher(id: string, inputs: Properties, world: World): void {
  const [hostname, matcher] = [textAt(inputs, "hostname"), textAt(inputs, "matcher")];
  if (matcher !== undefined && matcher !== "PRIMARY") {
    throw new GoogleError(400, `matcher must be 'PRIMARY', got '${matcher}', badRequest`);
  }
  if (hostname !== undefined && !isDomain(hostname.replace(/^\*\./, ""))) {
    throw new GoogleError(400, `hostname: '${hostname}' is no host name, badRequest`);
  }
  for (const other of world.all(CERTIFICATE_MAP_ENTRY)) {
    if (other.id === id || !other.id.startsWith(`${mapId(inputs)}/`)) continue;
    if (other.state["hostname"] !== inputs["hostname"] || other.state["matcher"] !== inputs["matcher"]) continue;
    throw new GoogleError(409, `'${other.id}' has ${hostname ?? "the primary matcher"} already, alreadyExists`);
  }
}

function mapId(inputs: Properties): string {
  return `projects/${String(inputs["project"])}/locations/global/certificateMaps/${String(inputs["map"])}`;
}

/** The id of the map that a proxy has, which says it with the API's host. */
export function mapOf(proxy: Properties, world: World): string | undefined {
  const said = textAt(proxy, "certificateMap");
  return said && certificatePartId(said.replace(/^\/\/[^/]+\//, ""), "certificateMaps", proxy, world);
}

function times(previous: Properties | undefined, world: World): Properties {
  const now = world.now().toISOString();
  return { createTime: previous?.["createTime"] ?? now, updateTime: now };
}
