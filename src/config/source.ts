import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from "yaml";
import type { KeyPath } from "./key-path.ts";
import type { Problem } from "./problem.ts";
import { describeSyntax, SyntaxLimits } from "./syntax.ts";

/** A line and a column, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A config file's content with the place of each value. */
export interface Source {
  /** Plain data: maps, lists, texts, numbers, booleans, null. */
  readonly data: unknown;
  /** Where a value stands; for what isn't there, where its group begins. */
  placeOf(path: KeyPath): Place;
  /** Where a key itself stands. */
  placeOfKey(path: KeyPath): Place;
}

/** Reads YAML 1.2 with merge keys. Gives the problems instead when it isn't well-formed: all that the parser found. */
export function parseSource(text: string): Source | readonly Problem[] {
  const lines = new LineCounter();
  const doc = parse(text, lines);
  if (doc === undefined) return [SyntaxLimits.tooDeep];
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tab = doc.errors.some((error) => error.code === "TAB_AS_INDENT");
  const errors = doc.errors.filter((error) => !tab || error.code !== "BAD_INDENT"); // it follows from the tab
  const problems = [...errors, ...doc.warnings].map((error) => ({
    ...at(error.pos[0]),
    key: "",
    ...describeSyntax(error.code),
  }));
  problems.push(...unusableKeys(doc).map((key) => ({ ...at(offsetOf(key)), ...SyntaxLimits.unusableKey })));
  problems.push(
    ...strayAliases(doc).map((alias) => ({ ...at(offsetOf(alias)), ...SyntaxLimits.strayAlias })),
  );
  if (problems.length > 0) return problems;
  const data = toData(doc);
  if (data === TOO_MANY_ALIASES) return [SyntaxLimits.tooManyAliases];
  return {
    data,
    placeOf: (path) => at(find(doc, path).value),
    placeOfKey: (path) => at(find(doc, path).key),
  };
}

function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    // prettyErrors would put lines of the file, and so secrets, into the messages
    return parseDocument(text, {
      lineCounter,
      prettyErrors: false,
      stringKeys: true,
      merge: true,
      logLevel: "error", // "silent" would read the first of several documents and say nothing
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined; // the stack is used up
    throw error;
  }
}

const TOO_MANY_ALIASES = Symbol("too many aliases");

function toData(doc: Document): unknown {
  try {
    return doc.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return TOO_MANY_ALIASES;
    throw error;
  }
}

/** Aliases that nothing was named for, or that lie within what they name. */
function strayAliases(doc: Document): Alias[] {
  const found: Alias[] = [];
  visit(doc, {
    Alias(_, alias, ancestors) {
      const target = alias.resolve(doc);
      if (target === undefined || ancestors.includes(target)) found.push(alias);
    },
  });
  return found;
}

/** Keys that plain data can't hold, so that they would vanish. */
function unusableKeys(doc: Document): unknown[] {
  const found: unknown[] = [];
  visit(doc, {
    Pair(_, pair) {
      if (keyOf(pair) === "__proto__") found.push(pair.key);
    },
  });
  return found;
}

/** The offsets of a value and of its key, or of the innermost group on the way that is there. */
function find(doc: Document, path: KeyPath): { key: number; value: number } {
  let node = doc.contents as unknown;
  let place = { key: 0, value: isNode(node) && !isMap(node) ? offsetOf(node) : 0 };
  for (const step of path) {
    const next = child(doc, node, step);
    if (next === undefined) return place;
    const key = next.key ?? next.value;
    const keyOffset = isNode(key) ? offsetOf(key) : place.value;
    const inLine = isScalar(next.value) && next.value.source !== "" && next.value.value !== null;
    place = { key: keyOffset, value: inLine ? offsetOf(next.value) : keyOffset };
    node = next.value;
  }
  return place;
}

function child(
  doc: Document,
  node: unknown,
  step: string | number,
): { key?: unknown; value: unknown } | undefined {
  const group = isAlias(node) ? node.resolve(doc) : node;
  if (isSeq(group)) {
    const item = group.items[Number(step)];
    return item === undefined ? undefined : { value: item };
  }
  if (!isMap(group)) return undefined;
  const pair = group.items.find((candidate) => keyOf(candidate) === String(step));
  if (pair !== undefined) return pair;
  for (const merged of group.items.filter((candidate) => keyOf(candidate) === "<<")) {
    const sources = isSeq(merged.value) ? merged.value.items : [merged.value];
    for (const source of sources) {
      const inherited = child(doc, source, step);
      if (inherited !== undefined) return inherited;
    }
  }
  return undefined;
}

function keyOf(pair: Pair): string {
  if (!isScalar(pair.key)) return "";
  return typeof pair.key.value === "symbol" ? "<<" : String(pair.key.value);
}

function offsetOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
