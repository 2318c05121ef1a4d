// The compiler's strict mode still lets a client talk its way out of the contract. This does not: no `any`, no cast, no `!`,
// no suppressed error in src. Then whatever compiles, compiles because the contract says so.
import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";

const words = {
  [ts.SyntaxKind.AnyKeyword]: "any",
  [ts.SyntaxKind.AsExpression]: "a cast",
  [ts.SyntaxKind.TypeAssertionExpression]: "a cast",
  [ts.SyntaxKind.NonNullExpression]: "a non-null assertion",
};
const faults = [];

for (const name of readdirSync(new URL("src/", import.meta.url))) {
  const text = readFileSync(new URL(`src/${name}`, import.meta.url), "utf8");
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.Latest);
  const fault = (position, what) => faults.push(`src/${name}:${file.getLineAndCharacterOfPosition(position).line + 1}: ${what}`);
  const visit = (node) => {
    const word = words[node.kind];
    if (word && !ts.isConstTypeReference(node.type ?? node)) fault(node.getStart(file), word);
    ts.forEachChild(node, visit);
  };
  visit(file);
  for (const match of text.matchAll(/@ts-(ignore|expect-error|nocheck)/g)) fault(match.index, match[0]);
}

if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
