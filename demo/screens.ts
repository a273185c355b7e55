import { DAY, HOUR, MINUTE } from "../src/model/time.ts";
import type { Holding, Holdings } from "./holdings.ts";
import { clockTime, type Paint, pad, size, took, width, wrap } from "./paint.ts";
import type { Bubble, Phone } from "./phone.ts";
import type { StepResult } from "./steps.ts";
import { type Talk, timing } from "./talk.ts";

/** All of it fits a terminal of 100 columns. */
const COLUMNS = 98;
const PHONE = 48;
const GAP = "  ";
const TIME = "00:00:00 ".length;
/** How wide a bubble is at most. */
const BUBBLE = PHONE - TIME - 4;
const BLANK = " ".repeat(PHONE);
const BAR = "─".repeat(PHONE);

/** Two phones beside each other, in the order in which things happened; a text on both stands in one line with itself. */
export function sideBySide(left: Phone, right: Phone, paint: Paint): string[] {
  const lines = [
    beside([paint.bold(pad(left.title, PHONE))], [paint.bold(right.title)]),
    beside([BAR], [BAR]),
  ].flat();
  const [atLeft, atRight] = [columnOf(paint), columnOf(paint)];
  let chapter: string | undefined;
  for (const row of rowsOf(left, right)) {
    const current = firstOf(row)?.chapter;
    if (current !== chapter) {
      chapter = current;
      lines.push(paint.dim(centred(`· ${chapter} ·`)));
    }
    lines.push(...beside(atLeft(row[0]), atRight(row[1])));
  }
  return [...lines, ...beside([BAR], [BAR])];
}

type Row = readonly [Bubble | undefined, Bubble | undefined];

/** A text that is on both phones makes one row, where it was typed; but one that had to wait comes when it comes. */
function rowsOf(left: Phone, right: Phone): readonly Row[] {
  const sharedWith = ({ message }: Bubble, { bubbles }: Phone): Bubble | undefined =>
    message?.waits === false ? bubbles.find((other) => other.message === message) : undefined;
  const rows: Row[] = [
    ...left.bubbles.map((bubble): Row => [bubble, sharedWith(bubble, right)]),
    ...right.bubbles
      .filter((bubble) => sharedWith(bubble, left) === undefined)
      .map((bubble): Row => [undefined, bubble]),
  ];
  return rows.toSorted((one, other) => (firstOf(one)?.order ?? 0) - (firstOf(other)?.order ?? 0));
}

function firstOf(row: Row): Bubble | undefined {
  return row.filter((bubble) => bubble !== undefined).toSorted((one, other) => one.order - other.order)[0];
}

/** Shows bubbles below each other; in which chat they are is said where it changes. */
function columnOf(paint: Paint): (bubble: Bubble | undefined) => string[] {
  let place: string | undefined;
  return (bubble) => {
    if (bubble === undefined) return [];
    const isNew = bubble.place !== place;
    place = bubble.place;
    return [...(isNew ? [paint.yellow(pad(`[${place}]`, PHONE))] : []), ...linesOf(bubble, paint)];
  };
}

/** A text as its phone shows it: one's own to the right, below the beginning of what it quotes. */
function linesOf({ answering, clock, isOwn, text }: Bubble, paint: Paint): string[] {
  const quoted = answering === undefined ? [] : wrap(`│ ${answering}`, BUBBLE).slice(0, 1);
  const lines = [...quoted, ...text.split("\n").flatMap((line) => wrap(line, BUBBLE))];
  const widest = Math.max(...lines.map(width));
  return lines.map((line, i) => {
    const time = i === 0 ? clockTime(clock) : "";
    if (!isOwn) return `${paint.dim(pad(time, TIME))}${paint.cyan(pad(line, PHONE - TIME))}`;
    const left = " ".repeat(PHONE - TIME - widest);
    return `${left}${paint.green(pad(line, widest))} ${paint.dim(pad(time, TIME - 1))}`;
  });
}

function beside(left: readonly string[], right: readonly string[]): string[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    `${left[i] ?? BLANK}${GAP}${right[i] ?? ""}`.trimEnd(),
  );
}

function centred(text: string): string {
  return `${" ".repeat(Math.max(0, Math.floor((COLUMNS - width(text)) / 2)))}${text}`;
}

/** A line for each step, with how long its texts took. */
export function stepLine(step: StepResult, paint: Paint): string[] {
  const mark = step.ok ? paint.green("✓") : paint.red("✗");
  const [first = "", ...rest] = wrap(step.detail, COLUMNS - 22);
  const name = paint.bold(pad(step.name, 19));
  return [`${mark} ${name} ${first}`, ...rest.map((line) => `${" ".repeat(22)}${line}`)];
}

/** From the sender's network to the other side's screen, for each chapter and direction. */
export function journeys(talk: Talk, paint: Paint): string[] {
  const row = (cells: readonly string[]) =>
    `  ${pad(cells[0] ?? "", 29)}${cells
      .slice(1)
      .map((cell) => cell.padStart(15))
      .join("")}`;
  const head = row(["", "Leo → Ana", "slowest", "Ana → Leo", "slowest"]);
  const moved = talk.messages.filter(({ waits }) => !waits);
  const rows = [...Map.groupBy(moved, ({ chapter }) => chapter)].map(([chapter, messages]) => {
    const cells = (["leo", "ana"] as const).flatMap((side) => {
      const { median, slowest } = timing(messages.filter(({ from }) => from === side));
      return [took(median), took(slowest)];
    });
    return row([chapter, ...cells]);
  });
  return [paint.dim(head), ...rows];
}

/** What Redis held at three moments, by family. */
export function holdingsTable(
  moments: readonly { readonly title: string; readonly holdings: Holdings }[],
  paint: Paint,
): string[] {
  const cells = (parts: readonly string[]) => parts.map((part) => part.padStart(14)).join("");
  const last = moments.at(-1)?.holdings ?? [];
  const rows = last.map((holding, i) => {
    const counts = moments.map(({ holdings }) => amount(holdings[i]));
    const line = `  ${pad(holding.group.title, 29)}${cells(counts)}  ${goes(holding)}`;
    return holding.keys === 0 && moments.every(({ holdings }) => holdings[i]?.keys === 0)
      ? paint.dim(line)
      : line;
  });
  const total = moments.map(({ holdings }) => size(holdings.reduce((sum, { bytes }) => sum + bytes, 0)));
  const head = `  ${pad("keys, octets", 29)}${cells(moments.map(({ title }) => title))}  goes`;
  return [paint.dim(head), ...rows, `  ${pad("all", 29)}${cells(total)}`];
}

function amount(holding: Holding | undefined): string {
  return holding === undefined || holding.keys === 0 ? "-" : `${holding.keys} · ${size(holding.bytes)}`;
}

function goes({ group, ttl }: Holding): string {
  if (group.kind !== "timed") return group.goes;
  if (ttl === undefined) return "by TTL";
  const [least, most] = ttl.map(days) as [string, string]; // as many as there were
  return least === most ? `by TTL, in ${most}` : `by TTL, in ${least} to ${most}`;
}

function days(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.round(ms / DAY)} d`;
  return ms >= 2 * HOUR ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / MINUTE)} min`;
}
