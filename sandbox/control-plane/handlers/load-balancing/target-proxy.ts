import { GoogleError } from "../../errors";
import type { Handler, Subject, World } from "../../handler";
import { at, listAt, type Properties, textAt } from "../../properties";
import { stableDigits } from "../../rules/identifiers";
import { mapOf } from "../certificates/certificate-map";
import { CERTIFICATE_MAP, needCertificatePart } from "../certificates/names";
import { enumFailures } from "../run/audit";
import { admitBetween, admitPart, globalPart, invalidField, partId, partOutputs } from "./parts";
import { URL_MAP } from "./types";

const MAP_LINK =
  /^\/\/certificatemanager\.googleapis\.com\/(projects\/[^/]+\/locations\/global\/certificateMaps\/[^/]+)$/;

/** What takes requests over HTTP for a URL map. */
export const targetHttpProxy: Handler = {
  ...globalPart("TargetHttpProxy", "targetHttpProxies"),
  admit: admitProxy,
  compute: proxyOutputs,
};

/** What ends TLS for a URL map. */
export const targetHttpsProxy: Handler = {
  ...globalPart("TargetHttpsProxy", "targetHttpsProxies"),
  validate: (inputs) => enumFailures(inputs, { quicOverride: ["NONE", "ENABLE", "DISABLE"] }),
  defaults: () => ({ quicOverride: "NONE" }),
  admit(subject, world) {
    admitProxy(subject, world);
    const { inputs } = subject;
    admitCertificates(inputs);
    const certificates = mapOf(inputs, world);
    if (certificates !== undefined) needCertificatePart(CERTIFICATE_MAP, certificates, world);
    const map = world.find(URL_MAP, partId(String(inputs["urlMap"]), "urlMaps", inputs, world));
    if (map !== undefined && redirectsToHttps(map.state)) {
      throw invalidField(
        "urlMap",
        inputs["urlMap"],
        "A URL map that redirects to HTTPS is for target HTTP proxies only.",
      );
    }
  },
  compute: proxyOutputs,
};

function admitProxy(subject: Subject, world: World): void {
  admitPart(subject, world);
  admitBetween("httpKeepAliveTimeoutSec", subject.inputs, "httpKeepAliveTimeoutSec", 5, 1200);
}

function proxyOutputs(subject: Subject, world: World): Properties {
  return {
    ...partOutputs(subject, world),
    proxyId: Number(stableDigits(`${subject.id} ${subject.incarnation} proxy`, 15)),
    proxyBind: subject.inputs["proxyBind"] ?? false,
  };
}

/** Words seen: that a certificate is missing. */
function admitCertificates(inputs: Properties): void {
  const map = textAt(inputs, "certificateMap");
  const certificates = [...listAt(inputs, "sslCertificates"), ...listAt(inputs, "certificateManagerCertificates")];
  if (map === undefined && certificates.length === 0) {
    throw new GoogleError(
      400,
      "At least 1 SSL certificate must be specified for setting SSL certificates in TargetHttpsProxy., badRequest",
    );
  }
  if (map === undefined || MAP_LINK.test(map)) return;
  throw invalidField(
    "certificateMap",
    map,
    "Must be '//certificatemanager.googleapis.com/projects/PROJECT/locations/global/certificateMaps/NAME'.",
  );
}

/** Source: `httpsRedirect` in https://cloud.google.com/compute/docs/reference/rest/v1/urlMaps */
function redirectsToHttps(map: Properties): boolean {
  const redirects = [
    at(map, "defaultUrlRedirect"),
    ...listAt(map, "pathMatchers").flatMap((matcher) => [
      at(matcher, "defaultUrlRedirect"),
      ...listAt(matcher, "pathRules").map((rule) => at(rule, "urlRedirect")),
    ]),
  ];
  return redirects.some((redirect) => at(redirect, "httpsRedirect") === true);
}
