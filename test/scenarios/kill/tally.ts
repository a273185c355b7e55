import type { Shown } from "./homeserver-side.ts";
import type { Entry, Ledger } from "./ledger.ts";
import type { Submits } from "./smpp-proxy.ts";
import { tokenIn } from "./token.ts";
import { noticesTo } from "./world.ts";

/** What became of all texts of a run, or of several. `in`: from phones to Matrix; `out`: the other way. */
export interface Tally {
  /** Texts whose network was told that they are taken. */
  readonly told: { in: number; out: number };
  readonly arrived: { in: number; out: number };
  /** Told, not there, and nobody was told so. */
  lost: number;
  outOfOrder: number;
  doubledMatrix: number;
  /** Came to a phone twice: where its sender was told that it is uncertain, and where not. */
  readonly doubledSms: { flagged: number; unflagged: number };
  /** "Maybe not delivered", said to senders; how many of those texts never came, and how many surely came. */
  flagged: number;
  flaggedNotArrived: number;
  flaggedArrived: number;
  /** "Not delivered, given up", said to senders. */
  givenUp: number;
  /** The network never got to hear that they are taken. */
  untold: number;
  /** The homeserver has two events of one try of a user's: no fault of ours. */
  doubledByHomeserver: number;
}

/** A finding about one text, for the log of a run. */
export interface Finding {
  readonly token: string;
  readonly what: "lost" | "out of order" | "doubled" | "uncertain" | "untold";
}

export function emptyTally(): Tally {
  return {
    told: { in: 0, out: 0 },
    arrived: { in: 0, out: 0 },
    lost: 0,
    outOfOrder: 0,
    doubledMatrix: 0,
    doubledSms: { flagged: 0, unflagged: 0 },
    flagged: 0,
    flaggedNotArrived: 0,
    flaggedArrived: 0,
    givenUp: 0,
    untold: 0,
    doubledByHomeserver: 0,
  };
}

/** What is known of one conversation when it is tallied. */
export interface Scene {
  readonly conversation: number;
  readonly ledger: Ledger;
  readonly submits: ReadonlyMap<string, Submits>;
  /** The room's timeline. */
  readonly room: readonly Shown[];
  /** The MXID of its user. */
  readonly user: string;
}

/** Adds one conversation to a tally and says what was found. */
export function tallyConversation(scene: Scene, tally: Tally): readonly Finding[] {
  return [...tallyIn(scene, tally), ...tallyOut(scene, tally)];
}

function tallyIn({ conversation, ledger, room, user }: Scene, tally: Tally): readonly Finding[] {
  const entries = ledger.of(conversation, "in");
  const arrivals = room.filter(({ sender }) => sender !== user).flatMap(({ body }) => tokenIn(body) ?? []);
  const { missing, doubled, outOfOrder, untold } = compared(entries, arrivals, entries);
  const notices = noticesTo(conversation);
  const given =
    ledger.phones[conversation]?.filter(({ text }) => text === notices.givenUpToPhone).length ?? 0;
  const lost = missing.slice(0, Math.max(0, missing.length - given));
  tally.told.in += entries.length - untold.length;
  tally.arrived.in += new Set(arrivals).size;
  tally.givenUp += given;
  tally.lost += lost.length;
  tally.doubledMatrix += doubled.length;
  tally.outOfOrder += outOfOrder.length;
  tally.untold += untold.length;
  return [
    ...found("lost", lost),
    ...found("doubled", doubled),
    ...found("out of order", outOfOrder),
    ...found("untold", untold),
  ];
}

function tallyOut(scene: Scene, tally: Tally): readonly Finding[] {
  const { conversation, ledger, room, user, submits } = scene;
  const entries = ledger.of(conversation, "out");
  const written = room.filter(({ sender }) => sender === user).flatMap(({ body }) => tokenIn(body) ?? []);
  const order = [...new Set(written)];
  const arrivals = (ledger.phones[conversation] ?? []).flatMap(({ text }) => tokenIn(text) ?? []);
  const byToken = new Map(entries.map((entry) => [entry.token, entry]));
  const inOrder = order.flatMap((token) => byToken.get(token) ?? []);
  const { missing, doubled, outOfOrder, untold } = compared(entries, arrivals, inOrder);
  const notices = noticesTo(conversation);
  const flags = room.filter(({ body }) => body === notices.unsure).length;
  const given = room.filter(({ body }) => body === notices.givenUp).length;
  // Which text a notice is about isn't said; one that arrived without its answer getting back had one of its own.
  const came = new Set(arrivals);
  const unanswered = [...came].filter(
    (token) => (submits.get(token)?.sent ?? 0) > (submits.get(token)?.taken ?? 0),
  );
  const left = Math.max(0, flags - unanswered.length);
  const lost = missing.slice(0, Math.max(0, missing.length - left - given));
  const flaggedDoubles = Math.min(doubled.length, left);
  tally.told.out += entries.length - untold.length;
  tally.arrived.out += came.size;
  tally.flagged += flags;
  tally.flaggedNotArrived += missing.length - lost.length;
  tally.flaggedArrived += unanswered.length;
  tally.givenUp += given;
  tally.lost += lost.length;
  tally.doubledSms.flagged += flaggedDoubles;
  tally.doubledSms.unflagged += doubled.length - flaggedDoubles;
  tally.outOfOrder += outOfOrder.length;
  tally.untold += untold.length;
  tally.doubledByHomeserver += written.length - order.length;
  return [
    ...found("lost", lost),
    ...found("uncertain", lost.length === 0 ? missing : []),
    ...found("doubled", doubled),
    ...found("out of order", outOfOrder),
    ...found("untold", untold),
  ];
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
