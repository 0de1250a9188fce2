import { IMAGE as image } from "../../support";
import { type WrongConfig, wrongWebs } from "../wrong-config";

/** Variables that Google keeps for itself, and more of them than it takes. */

const RESERVED = "is reserved, as all of X_GOOGLE_… is; choose another";
const env = { X_GOOGLE_TOKEN: "x" };
const task = { image, env };
const score = { source: "functions/score", runtime: "nodejs22", entryPoint: "score" };

function told(fact: string, config: Record<string, unknown>, problem: string): WrongConfig {
  return { fact, config, problems: [problem] };
}

export const wrongVariables: readonly WrongConfig[] = [
  ...wrongWebs([
    [{ env }, `env.X_GOOGLE_TOKEN: "X_GOOGLE_TOKEN" ${RESERVED}`],
    [{ env: { X_GOOGLE_: "x" } }, `env.X_GOOGLE_: "X_GOOGLE_" ${RESERVED}`],
    [{ sidecars: { proxy: task } }, `sidecars.proxy.env.X_GOOGLE_TOKEN: "X_GOOGLE_TOKEN" ${RESERVED}`],
    [{ env: { LONG: "x".repeat(32_769) } }, "env.LONG: has 32769 bytes, at most 32768 are allowed; mount it as a file"],
    [{ env: { LONG: "ü".repeat(16_385) } }, "env.LONG: has 32770 bytes, at most 32768 are allowed; mount it as a file"],
  ]),
  ...(["jobs", "workerPools"] as const).map((kind) =>
    told(
      `a reserved variable in ${kind}`,
      { [kind]: { nightly: task } },
      `${kind}.nightly.env.X_GOOGLE_TOKEN: "X_GOOGLE_TOKEN" ${RESERVED}`,
    ),
  ),
  ...(["jobs", "workerPools"] as const).map((kind) =>
    told(
      `the port in ${kind}, which have none`,
      { [kind]: { nightly: { image, env: { PORT: "8080" } } } },
      `${kind}.nightly.env.PORT: "PORT" is set by Cloud Run; remove it`,
    ),
  ),
  told(
    "a reserved variable of a function",
    { functions: { score: { ...score, env } } },
    `functions.score.env.X_GOOGLE_TOKEN: "X_GOOGLE_TOKEN" ${RESERVED}`,
  ),
  told(
    "the port of a function, which has no key for it",
    { functions: { score: { ...score, env: { PORT: "8080" } } } },
    'functions.score.env.PORT: "PORT" is set by Cloud Run; remove it',
  ),
  told(
    "more bytes of variables than a function takes",
    { functions: { score: { ...score, env: { A: "x".repeat(16_384), B: "x".repeat(16_383) } } } },
    "functions.score.env: has 32769 bytes of names and values, at most 32768 are allowed of a function",
  ),
];
