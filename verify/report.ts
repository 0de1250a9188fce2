/** Shows what came of the probes: as a matrix for a glance, and as a table with every probe. */
import { styleText } from "node:util";
import Table from "cli-table3";
import type { Probe } from "./probes";
import { expected, type Result, seen } from "./result";

const SIGNS = { "as expected": "✔", wrong: "✘", "not probed": "?" } as const;
const COLOURS = { "as expected": "green", wrong: "red", "not probed": "yellow" } as const;

const ANYONE = "anyone, without a token";
const WRONG_TOKENS = "wrong tokens";
const PLAIN = { head: [], border: [] };

export class VerifyReport {
  constructor(
    /** True on a terminal. */
    private readonly colours: boolean,
  ) {}

  /** Callers by services: who passes, who is refused with what, each as it was seen. */
  matrix(results: readonly Result[]): string {
    const services = [...new Set(results.map(({ probe }) => probe.to))];
    const callers = [...services, ...new Set(results.map(({ probe }) => callerOf(probe)))];
    const table = new Table({ head: ["caller", ...services.map((service) => `→ ${service}`)], style: PLAIN });
    for (const caller of new Set(callers)) {
      const cells = services.map((service) => {
        return this.cell(results.filter(({ probe }) => probe.to === service && callerOf(probe) === caller));
      });
      if (cells.some((cell) => cell !== "")) table.push([caller, ...cells]);
    }
    return table.toString();
  }

  /** One row a probe; below the table, what was seen instead of what had to be. */
  table(results: readonly Result[]): string {
    const head = ["", "caller", "from", "to", "token", "must", "saw", "because"];
    const table = new Table({ head, style: PLAIN, chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" } });
    for (const { probe, observed, outcome } of results) {
      const { from, to, at, token, expect, because } = probe;
      const position = typeof from === "string" ? from : "its own network";
      const saw =
        "notProbed" in observed ? "not probed" : observed.status === 0 ? "no answer" : String(observed.status);
      const sign = this.style(outcome, SIGNS[outcome]);
      table.push([sign, named(probe) ?? "nobody", position, at ?? to, token, expected(expect), saw, because]);
    }
    const others = results.filter(({ outcome }) => outcome !== "as expected");
    const lines = others.map(({ probe, observed, outcome }) => {
      const { to, at, token } = probe;
      const sentence = `${named(probe) ?? "nobody"} -> ${at ?? to}, token ${token}: ${seen(observed)}`;
      return this.style(outcome, `${SIGNS[outcome]} ${sentence}`);
    });
    return [table.toString(), ...lines].join("\n");
  }

  /** `34 of 34 probes as expected`, and what was not. */
  summary(results: readonly Result[]): string {
    const count = (outcome: Result["outcome"]) => results.filter((one) => one.outcome === outcome).length;
    const outcome = count("wrong") > 0 ? "wrong" : count("not probed") > 0 ? "not probed" : "as expected";
    const parts = [`${count("as expected")} of ${results.length} probes as expected`];
    for (const one of ["wrong", "not probed"] as const) if (count(one) > 0) parts.push(`${count(one)} ${one}`);
    return this.style(outcome, parts.join(", "));
  }

  private cell(results: readonly Result[]): string {
    const texts = results.map(({ probe, observed, outcome }) => {
      const passes = probe.until === undefined ? "passes" : `passes until ${probe.until}`;
      const saw = typeof probe.expect === "string" ? passes : String(probe.expect.code);
      const short = probe.end === undefined ? saw : `${saw}, ${probe.end}`;
      return this.style(outcome, `${SIGNS[outcome]} ${outcome === "as expected" ? short : seen(observed)}`);
    });
    return [...new Set(texts)].join("\n");
  }

  private style(outcome: Result["outcome"], text: string): string {
    return this.colours ? styleText(COLOURS[outcome], text) : text;
  }
}

function callerOf(probe: Probe): string {
  const { token } = probe;
  if (token === "none" || token.startsWith("forged ")) return ANYONE;
  if (token === "signed in") return named(probe) ?? "anyone who signs in";
  return token === "own" ? (named(probe) ?? ANYONE) : WRONG_TOKENS;
}

/** Who asks, and in whose name where it is not their own. */
function named({ caller, via }: Probe): string | undefined {
  return caller !== undefined && via !== undefined ? `${caller} as ${via}` : caller;
}
