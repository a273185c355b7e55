// Commands that the documents tell people to type.

import type { Block, Document, Spot } from "./markdown.ts";

const SCRIPTS = new Set(["sh", "bash", "shell"]);
const SCREENS = new Set(["", "text", "console"]);
const HERE = /<<-?\s*['"]?(\w+)['"]?/;

/** A command as it is typed: one line, or several where it goes on. */
export interface Typed extends Spot {
  /** What a comment behind it says is left out; lines that go on are kept. */
  readonly text: string;
}

/**
 * The commands of a document's blocks: all lines of a script (`sh`), and what stands behind `$ ` on a screen (`console`, or a
 * block without a language). Comments are none.
 */
export function commandsOf(document: Document): readonly Typed[] {
  return document.blocks.flatMap((block) => {
    if (SCRIPTS.has(block.language)) return joined(block, block.lines);
    if (!SCREENS.has(block.language)) return [];
    return joined(
      block,
      block.lines.map((line) => (line.startsWith("$ ") ? line.slice(2) : "")),
    );
  });
}

function joined(block: Block, lines: readonly string[]): Typed[] {
  const commands: Typed[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = block.line + 1 + index;
    let text = withoutComment(lines[index] ?? "");
    if (text === "") continue;
    while (text.endsWith("\\") && index + 1 < lines.length) {
      index += 1;
      text = `${text}\n${withoutComment(lines[index] ?? "")}`;
    }
    const end = HERE.exec(text)?.[1];
    while (end !== undefined && lines[index] !== end && index + 1 < lines.length) {
      index += 1;
      text = `${text}\n${lines[index] ?? ""}`;
    }
    commands.push({ file: block.file, line, text });
  }
  return commands;
}

function withoutComment(line: string): string {
  return line.replace(/(^|\s)#\s.*$/, "").trim();
}

const RUNNERS = new Set(["npx", "exec", "sudo", "&&", ";", "||", "$"]);
const ENDS = /^(?:\||\|\||&&|;|>|>>|2>|<|&)/;

/**
 * The arguments of each `footbridge` in a command line, also behind npx, sudo, or docker exec; undefined words of a shell are cut
 * off. A word that is only called footbridge (a container, a unit) isn't one: it has none of our commands or options behind it.
 */
export function footbridgeCalls(command: string): readonly (readonly string[])[] {
  const words = command.replaceAll("\\\n", " ").split(/\s+/).filter(Boolean);
  const inContainer = words.some((word) => /^(?:docker|podman|docker-compose)$/.test(word));
  return words.flatMap((word, at) => {
    if (!/^(?:\S*\/)?footbridge$/.test(word)) return [];
    const next = words[at + 1];
    if (next === undefined || !/^(?:[a-z]+|--?[a-z-]+)$/.test(next) || next === "footbridge") return [];
    // There the name of an image or a container stands before options of the engine's.
    if (inContainer && next.startsWith("-")) return [];
    const before = words[at - 1];
    const isCalled =
      before === undefined || RUNNERS.has(before) || before.startsWith("$(") || /=\S*$/.test(before);
    if (!isCalled && !inContainer) return [];
    const rest = words.slice(at + 1);
    const end = rest.findIndex((other) => ENDS.test(other));
    return [(end < 0 ? rest : rest.slice(0, end)).map((other) => other.replaceAll(/^["']|["'),.]$/g, ""))];
  });
}
