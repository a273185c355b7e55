import { english } from "../../../src/model/texts.ts";
import { type Conversation, WAYS, type Way, wayOf } from "./conversations.ts";
import type { Entry } from "./ledger.ts";
import type { Submits } from "./smpp-proxy.ts";
import { type Direction, tokenIn } from "./token.ts";

/** What became of the texts that went one way. */
export interface WayTally {
  /** Texts whose network was told, or said, that they are taken. */
  told: number;
  arrived: number;
  /** Told, not there, and nobody was told so. */
  lost: number;
  outOfOrder: number;
  /** Shown twice to whom they are for, and nobody said that it may be so. */
  doubled: number;
  /** Shown twice where the sender was told that it is uncertain. */
  doubledSaid: number;
  /** "Maybe not delivered", said to senders; how many of those texts never came, and how many surely came. */
  flagged: number;
  flaggedNotArrived: number;
  flaggedArrived: number;
  /** "Not delivered, given up", said to senders. */
  givenUp: number;
  /** The network never got to hear that they are taken. */
  untold: number;
}

/** What became of all texts of a run, or of several. */
export interface Tally {
  readonly ways: Readonly<Record<Way, WayTally>>;
  /** The homeserver has two events of one try of a user's: no fault of ours. */
  doubledByHomeserver: number;
}

/** A finding about one text, for the log of a run. */
export interface Finding {
  readonly token: string;
  readonly what: "lost" | "out of order" | "doubled" | "uncertain" | "untold";
}

const isUnsure = saying(english.unsure);
const isGivenUp = saying(english.givenUp);

const NOTHING: Readonly<WayTally> = {
  told: 0,
  arrived: 0,
  lost: 0,
  outOfOrder: 0,
  doubled: 0,
  doubledSaid: 0,
  flagged: 0,
  flaggedNotArrived: 0,
  flaggedArrived: 0,
  givenUp: 0,
  untold: 0,
};

export function emptyTally(): Tally {
  const ways = Object.fromEntries(WAYS.map((way) => [way, { ...NOTHING }])) as Record<Way, WayTally>; // each of them
  return { ways, doubledByHomeserver: 0 };
}

/** All ways together. */
export function sumOf({ ways }: Tally): WayTally {
  const sum = { ...NOTHING };
  for (const way of Object.values(ways)) {
    for (const name of Object.keys(sum) as (keyof WayTally)[]) sum[name] += way[name]; // its own keys
  }
  return sum;
}

/** One person's side of a conversation when it is tallied. */
export interface Side {
  /** What they were shown, in order. */
  readonly shown: readonly string[];
  /** What they wrote, as their network has it, where it can put that in another order or take it twice. */
  readonly written?: readonly string[];
}

/** What is known of one conversation when it is tallied. */
export interface Scene {
  readonly conversation: Conversation;
  readonly entries: (direction: Direction) => readonly Entry[];
  readonly first: Side;
  readonly second: Side;
  readonly submits: ReadonlyMap<string, Submits>;
}

/** Adds one conversation to a tally and says what was found. */
export function tallyConversation(scene: Scene, tally: Tally): readonly Finding[] {
  const { first, second } = scene;
  return [
    ...tallyWay(scene, "in", { from: first, to: second }, tally),
    ...tallyWay(scene, "out", { from: second, to: first }, tally),
  ];
}

function tallyWay(
  scene: Scene,
  direction: Direction,
  { from, to }: { readonly from: Side; readonly to: Side },
  tally: Tally,
): readonly Finding[] {
  const way = tally.ways[wayOf(scene.conversation, direction)];
  const entries = scene.entries(direction);
  const written = from.written?.flatMap((text) => tokenIn(text) ?? []) ?? entries.map(({ token }) => token);
  const order = [...new Set(written)];
  const arrivals = to.shown.flatMap((text) => tokenIn(text) ?? []);
  const byToken = new Map(entries.map((entry) => [entry.token, entry]));
  const inOrder = order.flatMap((token) => byToken.get(token) ?? []);
  const { missing, doubled, outOfOrder, untold } = compared(entries, arrivals, inOrder);
  const flags = from.shown.filter(isUnsure).length;
  const given = from.shown.filter(isGivenUp).length;
  // Which text a notice is about isn't said; one that arrived without its answer getting back had one of its own.
  const came = new Set(arrivals);
  const unanswered = [...came].filter((token) => {
    const { sent = 0, taken = 0 } = scene.submits.get(token) ?? {};
    return sent > taken;
  });
  const left = Math.max(0, flags - unanswered.length);
  const lost = missing.slice(0, Math.max(0, missing.length - left - given));
  const doubledSaid = Math.min(doubled.length, left);
  way.told += entries.length - untold.length;
  way.arrived += came.size;
  way.flagged += flags;
  way.flaggedNotArrived += missing.length - lost.length;
  way.flaggedArrived += unanswered.length;
  way.givenUp += given;
  way.lost += lost.length;
  way.doubledSaid += doubledSaid;
  way.doubled += doubled.length - doubledSaid;
  way.outOfOrder += outOfOrder.length;
  way.untold += untold.length;
  tally.doubledByHomeserver += written.length - order.length;
  return [
    ...found("lost", lost),
    ...found("uncertain", lost.length === 0 ? missing : []),
    ...found("doubled", doubled),
    ...found("out of order", outOfOrder),
    ...found("untold", untold),
  ];
}

/** Recognises what the bridge says, whoever it names. */
function saying(words: (of: { readonly name: string }) => string): (text: string) => boolean {
  const [before = "", after = ""] = words({ name: "\0" }).split("\0");
  return (text) => text.startsWith(before) && text.endsWith(after);
}

/** Compares what was said with what came. `order`: in which the entries should come. */
function compared(entries: readonly Entry[], arrivals: readonly string[], order: readonly Entry[]) {
  const came = new Set(arrivals);
  const places = new Map(order.map(({ token }, at) => [token, at]));
  const excused = new Set(entries.filter((entry) => entry.excused).map(({ token }) => token));
  let highest = -1;
  const outOfOrder: string[] = [];
  for (const token of came) {
    const place = places.get(token);
    if (place === undefined || excused.has(token)) continue;
    if (place < highest) outOfOrder.push(token);
    else highest = place;
  }
  const told = entries.filter(({ toldAt }) => toldAt !== undefined);
  const again = new Set<string>();
  const seen = new Set<string>();
  for (const token of arrivals) (seen.has(token) ? again : seen).add(token);
  return {
    missing: told.map(({ token }) => token).filter((token) => !came.has(token)),
    doubled: [...again],
    outOfOrder,
    untold: entries.filter(({ toldAt }) => toldAt === undefined).map(({ token }) => token),
  };
}

function found(what: Finding["what"], tokens: readonly string[]): readonly Finding[] {
  return tokens.map((token) => ({ token, what }));
}
