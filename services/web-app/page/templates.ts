import { Eta } from "eta";
import ERROR from "./error.eta";
import LAYOUT from "./layout.eta";
import PROBLEMS from "./problems.eta";

/** Templates by name, as text. */
export type Templates = Readonly<Record<string, string>>;

export type Render = (name: string, data: Readonly<Record<string, unknown>>) => string;

/**
 * Renders templates, each within the layout. What `<%= %>` prints is escaped; as it is, with `<%~ %>`, stands another
 * template alone.
 *
 * @param shared what every template finds in `it` as well
 */
export function renderer(templates: Templates, shared: Readonly<Record<string, unknown>>): Render {
  const eta = new Eta({ cache: true, autoEscape: true, debug: false });
  for (const [name, text] of Object.entries({ layout: LAYOUT, error: ERROR, problems: PROBLEMS, ...templates })) {
    eta.loadTemplate(`@${name}`, text);
  }
  return (name, data) => {
    const it = { date, ...shared, ...data };
    return eta.render("@layout", { ...it, body: eta.render(`@${name}`, it) });
  };
}

/** A moment, as people and machines read it. */
function date(moment: Date): { readonly machine: string; readonly people: string } {
  const machine = moment.toISOString();
  return { machine, people: `${machine.slice(0, 10)} ${machine.slice(11, 16)} UTC` };
}
