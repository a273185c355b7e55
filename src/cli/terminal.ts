import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Interrupted } from "./exit.ts";

/** Lines that were typed, or pasted, before they were asked for. */
const early: string[] = [];

/**
 * The line that somebody types; undefined where there is no terminal. What is `hidden` isn't shown as it is typed.
 * @throws Interrupted at Ctrl-C and Ctrl-D
 */
export async function askOnTerminal(question: string, hidden = false): Promise<string | undefined> {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return undefined;
  const typed = early.shift();
  if (typed === undefined) return await typedAnswer(question, hidden);
  process.stdout.write(`${question}${hidden ? "" : typed}\n`);
  return typed;
}

function typedAnswer(question: string, hidden: boolean): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  if (hidden) process.stdout.write(question);
  const lines = createInterface({
    input: process.stdin,
    output: hidden ? nowhere : process.stdout,
    prompt: hidden ? "" : question,
    terminal: true,
    historySize: 0,
  });
  return new Promise((resolve, reject) => {
    let answer: string | undefined;
    lines.on("line", (line) => {
      if (answer !== undefined) return void early.push(line);
      answer = line;
      setImmediate(() => lines.close()); // what was pasted with it comes before that
    });
    lines.on("SIGINT", () => lines.close());
    lines.on("close", () => {
      if (hidden || answer === undefined) process.stdout.write("\n");
      if (answer === undefined) reject(new Interrupted());
      else resolve(answer);
    });
    lines.prompt();
  });
}
