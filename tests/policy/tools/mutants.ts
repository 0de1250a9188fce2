/** Small changes to a source that a test should notice: one at a time, each with where it is and what it was. */
import * as ts from "typescript";

export interface Mutant {
  readonly line: number;
  readonly what: string;
  readonly text: string;
}

const SWAPS = new Map<ts.SyntaxKind, string>([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, "!=="],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, "==="],
  [ts.SyntaxKind.AmpersandAmpersandToken, "||"],
  [ts.SyntaxKind.BarBarToken, "&&"],
  [ts.SyntaxKind.QuestionQuestionToken, "&&"],
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
]);
const CALLS = new Map([
  ["some", "every"],
  ["every", "some"],
]);

export function mutantsOf(source: string): Mutant[] {
  const file = ts.createSourceFile("it.ts", source, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const change = (from: number, to: number, by: string) => {
    const { line } = file.getLineAndCharacterOfPosition(from);
    const was = source.slice(from, to).replace(/\s+/g, " ").slice(0, 80);
    mutants.push({
      line: line + 1,
      what: `${was} -> ${by.slice(0, 80) || "nothing"}`,
      text: source.slice(0, from) + by + source.slice(to),
    });
  };
  const replace = (node: ts.Node, by: string) => change(node.getStart(), node.getEnd(), by);

  const visit = (node: ts.Node): void => {
    // Types and declarations of imports do nothing at run time.
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if (ts.isIfStatement(node)) replace(node.expression, `!(${node.expression.getText()})`);
    if (ts.isConditionalExpression(node)) replace(node.condition, `!(${node.condition.getText()})`);
    if (ts.isBinaryExpression(node)) {
      const by = SWAPS.get(node.operatorToken.kind);
      if (by !== undefined) replace(node, `(${node.left.getText()}) ${by} (${node.right.getText()})`);
    }
    if (node.kind === ts.SyntaxKind.TrueKeyword) replace(node, "false");
    if (node.kind === ts.SyntaxKind.FalseKeyword) replace(node, "true");
    if (ts.isReturnStatement(node) && node.expression === undefined) replace(node, ";");
    if (ts.isContinueStatement(node)) replace(node, ";");
    if (ts.isArrayLiteralExpression(node)) for (const element of node.elements) withoutElement(element);
    if (ts.isPropertyAccessExpression(node)) {
      const by = CALLS.get(node.name.text);
      if (by !== undefined) replace(node.name, by);
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      if (["filter", "trim", "toLowerCase"].includes(name.text)) replace(node, expression.getText());
    }
    if (ts.isRegularExpressionLiteral(node)) for (const by of fewerAlternatives(node.text)) replace(node, by);
    ts.forEachChild(node, visit);
  };
  const withoutElement = (element: ts.Node) => {
    const comma = source.slice(element.getEnd()).match(/^\s*,/)?.[0].length ?? 0;
    change(element.getFullStart(), element.getEnd() + comma, "");
  };
  visit(file);
  return mutants;
}

/** The same expression without one of the alternatives of one of its groups. */
function fewerAlternatives(literal: string): string[] {
  const bars: { start: number; parts: number[] }[] = [{ start: 1, parts: [] }];
  const found: string[] = [];
  const close = (end: number) => {
    const group = bars.pop();
    if (group === undefined || group.parts.length === 0) return;
    const edges = [group.start, ...group.parts.map((at) => at + 1), end + 1];
    for (let i = 0; i + 1 < edges.length; i++) {
      const kept = edges.slice(0, -1).flatMap((from, j) => (j === i ? [] : [literal.slice(from, edges[j + 1]! - 1)]));
      found.push(literal.slice(0, group.start) + kept.join("|") + literal.slice(end));
    }
  };
  const last = literal.lastIndexOf("/");
  for (let i = 1, inClass = false; i < last; i++) {
    const char = literal[i];
    if (char === "\\") i++;
    else if (char === "[") inClass = true;
    else if (char === "]") inClass = false;
    else if (inClass) continue;
    else if (char === "(")
      bars.push({ start: i + (/^\((\?[:=!]|\?<[=!])/.exec(literal.slice(i))?.[0].length ?? 1), parts: [] });
    else if (char === ")") close(i);
    else if (char === "|") bars.at(-1)?.parts.push(i);
  }
  close(last);
  return found;
}
