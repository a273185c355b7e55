// What the tests of the documents read of them: code blocks, inline code, headings, links.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ourFiles } from "../../scripts/check/files.ts";

/** The root of the clone. */
export const ROOT = join(import.meta.dirname, "../..");

/** A fenced block. */
export interface Block {
  readonly file: string;
  /** The line that its fence is on, from 1. */
  readonly line: number;
  /** What stands behind the fence's backticks: `sh`, `yaml`, nothing. */
  readonly language: string;
  /** Its lines, without the indentation of its fence. */
  readonly lines: readonly string[];
}

/** Something that stands in one line of a document. */
export interface Spot {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** A document, taken apart. */
export interface Document {
  readonly file: string;
  readonly blocks: readonly Block[];
  /** Inline code, without its backticks. */
  readonly codes: readonly Spot[];
  /** Targets of links and pictures. */
  readonly links: readonly Spot[];
  /** What a link may name behind `#`. */
  readonly anchors: ReadonlySet<string>;
}

const FENCE = /^(\s*)(`{3,})([^`]*)$/;

/** All Markdown files of the clone that are ours. */
export function documents(): readonly Document[] {
  return ourFiles(ROOT)
    .filter((file) => file.endsWith(".md"))
    .map((file) => takeApart(file, readFileSync(join(ROOT, file), "utf8")));
}

/** Takes a text apart. A fence that nobody closes lasts to the end, as it does for readers. */
export function takeApart(file: string, text: string): Document {
  const blocks: Block[] = [];
  const prose: Spot[] = [];
  let open: { line: number; indent: number; ticks: string; language: string; lines: string[] } | undefined;
  const close = (): void => {
    if (open === undefined) return;
    blocks.push({ file, line: open.line, language: open.language, lines: open.lines });
    open = undefined;
  };
  for (const [index, line] of text.split("\n").entries()) {
    const fence = FENCE.exec(line);
    if (open !== undefined) {
      if (fence?.[2] === open.ticks && fence[3]?.trim() === "") close();
      else open.lines.push(withoutIndent(line, open.indent));
    } else if (fence !== null) {
      const [, indent = "", ticks = "", language = ""] = fence;
      open = { line: index + 1, indent: indent.length, ticks, language: language.trim(), lines: [] };
    } else prose.push({ file, line: index + 1, text: line });
  }
  close();
  const matches = (pattern: RegExp): readonly Spot[] =>
    prose.flatMap(({ line, text: words }) =>
      [...words.matchAll(pattern)].map((match) => ({ file, line, text: match[1] ?? "" })),
    );
  return {
    file,
    blocks,
    codes: matches(/`([^`]+)`/g),
    links: [...matches(/\]\(([^()\s]+)\)/g), ...matches(/\b(?:src|href)="([^"]+)"/g)],
    anchors: anchorsOf(prose.map(({ text: words }) => words)),
  };
}

function withoutIndent(line: string, indent: number): string {
  return line.slice(0, indent).trim() === "" ? line.slice(indent) : line;
}

/** As the repository's host makes them: letters, digits, dashes; a second one of the same words is numbered. */
function anchorsOf(lines: readonly string[]): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const line of lines) {
    const [, words] = /^#{1,6} +(.+)$/.exec(line) ?? [];
    if (words === undefined) continue;
    const plain = words.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replaceAll(/[^\p{L}\p{N}\- _]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let number = 1; anchors.has(anchor); number++) anchor = `${slug}-${number}`;
    anchors.add(anchor);
  }
  return anchors;
}
