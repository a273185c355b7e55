import { DAY, HOUR, MINUTE } from "../src/model/time.ts";
import type { Holding, Holdings } from "./holdings.ts";
import { clockTime, type Paint, pad, size, took, width, wrap } from "./paint.ts";
import { nameOf, otherSide, type Side } from "./parties.ts";
import type { StepResult } from "./steps.ts";
import { type Message, type Talk, timing } from "./talk.ts";

/** All of it fits a terminal of 100 columns. */
const COLUMNS = 98;
const PHONE = 48;
const GAP = "  ";
const TIME = "00:00:00 ".length;
/** How wide a bubble is at most. */
const BUBBLE = PHONE - TIME - 4;

/** Both phones beside each other: each text stands in one line with itself on the other phone. */
export function phones(talk: Talk, titles: Readonly<Record<Side, string>>, paint: Paint): string[] {
  const bar = "─".repeat(PHONE);
  const lines = [
    bothSides(paint.bold(pad("Ana's phone, Matrix", PHONE)), paint.bold("Leo's phone, SMS")),
    bothSides(pad(titles.ana, PHONE), titles.leo),
    bothSides(bar, bar),
  ];
  let chapter: string | undefined;
  for (const message of talk.messages) {
    if (message.chapter !== chapter) {
      chapter = message.chapter;
      lines.push(paint.dim(centred(`· ${chapter} ·`)));
    }
    lines.push(...beside(bubble(message, "ana", paint), bubble(message, "leo", paint)));
  }
  return [...lines, bothSides(bar, bar)];
}

/** A message as one phone shows it: one's own to the right. */
function bubble(message: Message, side: Side, paint: Paint): string[] {
  const own = message.from === side;
  const at = own ? message.typedAt : message.arrivedClock;
  if (at === undefined) return [pad("", PHONE)];
  const text = wrap(own ? message.text : message.shown, BUBBLE);
  const widest = Math.max(...text.map(width));
  return text.map((line, i) => {
    const time = i === 0 ? clockTime(at) : "";
    if (!own) return `${paint.dim(pad(time, TIME))}${paint.cyan(pad(line, PHONE - TIME))}`;
    const left = PHONE - TIME - widest;
    return `${" ".repeat(left)}${paint.green(pad(line, widest))} ${paint.dim(pad(time, TIME - 1))}`;
  });
}

function beside(left: readonly string[], right: readonly string[]): string[] {
  const blank = " ".repeat(PHONE);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i) =>
    bothSides(left[i] ?? blank, right[i] ?? "").trimEnd(),
  );
}

function bothSides(left: string, right: string): string {
  return `${left}${GAP}${right}`;
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

/** From the sender's network to the other phone's screen, for each chapter and direction. */
export function journeys(talk: Talk, paint: Paint): string[] {
  const row = (cells: readonly string[]) =>
    `  ${pad(cells[0] ?? "", 29)}${cells
      .slice(1)
      .map((cell) => cell.padStart(15))
      .join("")}`;
  const head = row(["", "SMS → Matrix", "slowest", "Matrix → SMS", "slowest"]);
  const rows = [...Map.groupBy(talk.messages, ({ chapter }) => chapter)].map(([chapter, messages]) => {
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
    const line = `  ${pad(holding.family.title, 28)}${cells(counts)}  ${goes(holding)}`;
    return holding.keys === 0 && moments.every(({ holdings }) => holdings[i]?.keys === 0)
      ? paint.dim(line)
      : line;
  });
  const total = moments.map(({ holdings }) => size(holdings.reduce((sum, { bytes }) => sum + bytes, 0)));
  const head = `  ${pad("keys, octets", 28)}${cells(moments.map(({ title }) => title))}  goes`;
  return [paint.dim(head), ...rows, `  ${pad("all", 28)}${cells(total)}`];
}

function amount(holding: Holding | undefined): string {
  return holding === undefined || holding.keys === 0 ? "-" : `${holding.keys} · ${size(holding.bytes)}`;
}

function goes({ family, ttl }: Holding): string {
  if (family.kind !== "timed") return family.goes;
  if (ttl === undefined) return "";
  const [least, most] = ttl.map(days) as [string, string]; // as many as there were
  return least === most ? `by TTL, in ${most}` : `by TTL, in ${least} to ${most}`;
}

function days(ms: number): string {
  if (ms >= 2 * DAY) return `${Math.round(ms / DAY)} d`;
  return ms >= 2 * HOUR ? `${Math.round(ms / HOUR)} h` : `${Math.round(ms / MINUTE)} min`;
}

/** What each phone shows over the conversation. */
export function titlesOf(room: string): Readonly<Record<Side, string>> {
  return { ana: room, leo: `${nameOf(otherSide("leo"))} (the bridge's number, saved by Leo)` };
}
