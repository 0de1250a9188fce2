import { IMAGE as image } from "../../support";
import { type WrongConfig, wrongWebs } from "../wrong-config";

/** Seconds of probes: each kind has limits of its own. */

const httpGet = { path: "/" };

function probes(kind: "livenessProbe" | "startupProbe", most: number): WrongConfig[] {
  const wrong = [
    [{ initialDelaySeconds: most + 1 }, "initialDelaySeconds"],
    [{ periodSeconds: most + 1 }, "periodSeconds"],
    [{ timeoutSeconds: most + 1, periodSeconds: most }, "timeoutSeconds"],
  ] as const;
  return wrong.flatMap(([probe, key]) =>
    wrongWebs([
      [{ [kind]: { httpGet, ...probe } }, `${kind}.${key}: got ${most + 1}, expected at most ${most}`],
      [
        { sidecars: { proxy: { image, [kind]: { httpGet, ...probe } } } },
        `sidecars.proxy.${kind}.${key}: got ${most + 1}, expected at most ${most}`,
      ],
    ]),
  );
}

export const wrongTimes: readonly WrongConfig[] = [
  ...probes("startupProbe", 240),
  ...probes("livenessProbe", 3600),
  ...wrongWebs([
    [
      { readinessProbe: { httpGet, periodSeconds: 400, timeoutSeconds: 301 } },
      "readinessProbe.timeoutSeconds: got 301, expected at most 300",
    ],
    [{ readinessProbe: { httpGet, timeoutSeconds: 0 } }, "readinessProbe.timeoutSeconds: got 0, expected at least 1"],
    [{ readinessProbe: { httpGet, periodSeconds: 0 } }, "readinessProbe.periodSeconds: got 0, expected at least 1"],
    [
      { readinessProbe: { httpGet, timeoutSeconds: 11 } },
      "readinessProbe.timeoutSeconds: got 11, expected at most periodSeconds (10)",
    ],
  ]),
];
