/**
 * The part of the Common Expression Language that attribute mappings and conditions are made of. What it cannot read is
 * an error of its own: nobody signs in by an expression that was not understood.
 * Source: https://cloud.google.com/iam/docs/workforce-identity-federation#attribute-mappings and
 * https://github.com/google/cel-spec/blob/master/doc/langdef.md
 */

import { fieldOf, isIn, isSame, METHODS, NoValue, textOf, truthOf, type Value } from "./cel-values";

/** The expression is not of the part that is read. */
export class UnreadExpression extends Error {}

type Evaluate = (names: Readonly<Record<string, Value>>) => Value;

/** @throws UnreadExpression, NoValue */
export function evaluate(expression: string, names: Readonly<Record<string, Value>>): Value {
  return new Parser(expression).parse()(names);
}

const TOKEN =
  /\s*(?:("(?:[^"\\]|\\["\\])*"|'(?:[^'\\]|\\['\\])*')|(\d+)|([A-Za-z_]\w*)|(&&|\|\||==|!=|[!()[\],.?:+]))/y;

interface Token {
  readonly kind: "text" | "number" | "name" | "sign" | "end";
  readonly text: string;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(private readonly expression: string) {
    this.#tokens = this.#scan();
  }

  parse(): Evaluate {
    const whole = this.#choice();
    if (this.#peek().kind !== "end") throw this.#unread();
    return whole;
  }

  #choice(): Evaluate {
    const condition = this.#or();
    if (!this.#take("?")) return condition;
    const then = this.#or();
    this.#demand(":");
    const otherwise = this.#choice();
    return (names) => (truthOf(condition(names)) ? then(names) : otherwise(names));
  }

  #or(): Evaluate {
    let left = this.#and();
    while (this.#take("||")) left = either(left, this.#and(), true);
    return left;
  }

  #and(): Evaluate {
    let left = this.#comparison();
    while (this.#take("&&")) left = either(left, this.#comparison(), false);
    return left;
  }

  #comparison(): Evaluate {
    const left = this.#sum();
    if (this.#take("==")) return equality(left, this.#sum(), true);
    if (this.#take("!=")) return equality(left, this.#sum(), false);
    if (this.#take("in")) {
      const right = this.#sum();
      return (names) => isIn(left(names), right(names));
    }
    return left;
  }

  #sum(): Evaluate {
    let left = this.#unary();
    while (this.#take("+")) {
      const [first, second] = [left, this.#unary()];
      left = (names) => textOf(first(names)) + textOf(second(names));
    }
    return left;
  }

  #unary(): Evaluate {
    if (!this.#take("!")) return this.#member();
    const operand = this.#unary();
    return (names) => !truthOf(operand(names));
  }

  #member(): Evaluate {
    let self = this.#primary();
    for (;;) {
      if (this.#take(".")) self = this.#selected(self, this.#name());
      else if (this.#take("[")) {
        const [of, key] = [self, this.#choice()];
        this.#demand("]");
        self = (names) => fieldOf(of(names), key(names));
      } else return self;
    }
  }

  #selected(of: Evaluate, name: string): Evaluate {
    if (!this.#take("(")) return (names) => fieldOf(of(names), name);
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
    if (!method) throw this.#unread();
    const [argument] = this.#list(")");
    return (names) => method(of(names), argument?.(names));
  }

  #primary(): Evaluate {
    const { kind, text } = this.#peek();
    if (this.#take("(")) {
      const inner = this.#choice();
      this.#demand(")");
      return inner;
    }
    if (this.#take("[")) {
      const items = this.#list("]");
      return (names) => items.map((item) => item(names));
    }
    this.#next++;
    if (kind === "text") return () => text.slice(1, -1).replace(/\\(.)/g, "$1");
    if (kind === "number") return () => Number(text);
    if (kind !== "name") throw this.#unread();
    if (text === "true" || text === "false") return () => text === "true";
    if (this.#take("(")) return this.#call(text);
    return (names) => fieldOf(names as Value, text);
  }

  #call(name: string): Evaluate {
    const [argument, second] = this.#list(")");
    if (argument === undefined || second !== undefined) throw this.#unread();
    if (name === "size") return (names) => METHODS["size"]!(argument(names), undefined);
    if (name === "has") return (names) => hasValue(argument, names);
    throw this.#unread();
  }

  #list(end: ")" | "]"): Evaluate[] {
    const items: Evaluate[] = [];
    while (!this.#take(end)) {
      if (items.length > 0) this.#demand(",");
      items.push(this.#choice());
    }
    return items;
  }

  #name(): string {
    const { kind, text } = this.#peek();
    if (kind !== "name") throw this.#unread();
    this.#next++;
    return text;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", text: "" };
  }

  #take(text: string): boolean {
    const token = this.#peek();
    const isIt = token.text === text && (token.kind === "sign" || text === "in");
    if (isIt) this.#next++;
    return isIt;
  }

  #demand(text: string): void {
    if (!this.#take(text)) throw this.#unread();
  }

  #scan(): Token[] {
    const tokens: Token[] = [];
    const scanner = new RegExp(TOKEN);
    const end = this.expression.trimEnd().length;
    while (scanner.lastIndex < end) {
      const [, text, number, name, sign] = scanner.exec(this.expression) ?? [];
      if (text !== undefined) tokens.push({ kind: "text", text });
      else if (number !== undefined) tokens.push({ kind: "number", text: number });
      else if (name !== undefined) tokens.push({ kind: "name", text: name });
      else if (sign !== undefined) tokens.push({ kind: "sign", text: sign });
      else throw this.#unread();
    }
    return tokens;
  }

  #unread(): UnreadExpression {
    return new UnreadExpression(`the sandbox does not read the expression ${this.expression}`);
  }
}

/** `||` and `&&` hold where one side decides alone, although the other has no value. */
function either(left: Evaluate, right: Evaluate, deciding: boolean): Evaluate {
  return (names) => {
    try {
      if (truthOf(left(names)) === deciding) return deciding;
    } catch (error) {
      if (!(error instanceof NoValue) || truthOf(right(names)) !== deciding) throw error;
      return deciding;
    }
    return truthOf(right(names));
  };
}

function equality(left: Evaluate, right: Evaluate, wanted: boolean): Evaluate {
  return (names) => isSame(left(names), right(names)) === wanted;
}

function hasValue(argument: Evaluate, names: Readonly<Record<string, Value>>): boolean {
  try {
    argument(names);
    return true;
  } catch (error) {
    if (error instanceof NoValue) return false;
    throw error;
  }
}
