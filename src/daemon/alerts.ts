import type { AccountId } from "../model/ids.ts";
import type { Alert } from "../model/texts.ts";
import { DAY, HOUR, MINUTE, type Milliseconds, type Timestamp } from "../model/time.ts";
import { NEARLY_FULL } from "../store/redis/checkup.ts";
import { type Trouble, WORKS } from "./news.ts";

/** From where on the operator is told, and from where on it is over: apart, so that a thing on the edge isn't told in turns. */
export const THRESHOLDS = {
  /** What goes by itself is told only when it lasts: the backlog after an outage is old for a moment. */
  lasts: 5 * MINUTE,
  /** How old the oldest message that waits for a connected account may be. */
  queueOld: { on: 10 * MINUTE, off: 5 * MINUTE },
  /** A queue that has grown from look to look so often is told of from so many deliveries on. */
  queueGrows: { looks: 5, least: 100 },
  /** How old the oldest event that isn't decided may be. */
  undecided: { on: 10 * MINUTE, off: 5 * MINUTE },
  /** Free octets on the disk of the state folder; the doctor speaks of it from the same on. */
  disk: { on: 1e9, off: 1.5e9 },
  /** The part of Redis' memory that is used; the doctor speaks of it from the same on. */
  memory: { on: NEARLY_FULL, off: NEARLY_FULL - 0.05 },
  /** By how much a key outlives its time: they are destroyed each minute. */
  keys: { on: 2 * HOUR, off: MINUTE },
  /** A certificate is spoken of so long before its end, each time anew. */
  certificate: [14 * DAY, 3 * DAY, 0],
} as const;

/** How one account's queue is. */
interface QueueReading {
  /** Its network, as people call it. */
  readonly network: string;
  /** It is connected, at least in part: of the others the operator knows already. */
  readonly works: boolean;
  readonly oldest: Milliseconds;
  /** How many waited at each of the last looks, the newest at the end. */
  readonly depths: readonly number[];
}

/** What is looked at. */
export interface AlertReading {
  readonly now: Timestamp;
  readonly queues: ReadonlyMap<AccountId, QueueReading>;
  readonly undecided: Milliseconds;
  /** What is buried and isn't the bridge's own word to its operator: how many, and when the newest was. */
  readonly buried: { readonly count: number; readonly newest: Timestamp };
  /** In octets; undefined: nobody knows. */
  readonly diskFree: number | undefined;
  /** Undefined where there is no limit. */
  readonly memoryUsed: number | undefined;
  readonly clockHeld: boolean;
  readonly keysOverdue: Milliseconds;
  readonly certificates: ReadonlyMap<string, Timestamp>;
}

/** What an alert is about. It has a dot, as no account's name has, and stands beside these in a desk's record. */
export type AlertSubject = `alert.${Alert["kind"]}` | `alert.${Alert["kind"]}.${string}`;
type Fact = Trouble<Alert> | typeof WORKS;

/**
 * How the things are that the operator is told of; nothing of what isn't known now.
 * @param told what they were last told of a thing, by its key; `WORKS`: nothing, or that it is over
 */
export function alertsOf(
  reading: AlertReading,
  told: (subject: AlertSubject) => string,
): ReadonlyMap<AlertSubject, Fact> {
  const facts = new Map<AlertSubject, Fact>();
  const judge = (subject: AlertSubject, isSo: (isTold: boolean) => boolean, what: Alert): void => {
    facts.set(subject, isSo(told(subject) !== WORKS) ? trouble(what.kind, what) : WORKS);
  };
  const { keysOverdue, diskFree, memoryUsed, undecided } = reading;
  for (const [name, queue] of reading.queues) {
    const { network, oldest, works } = queue;
    const what = {
      kind: "queue",
      network,
      name,
      waiting: queue.depths.at(-1) ?? 0,
      minutes: minutes(oldest),
    } as const;
    const subject: AlertSubject = `alert.queue.${name}`;
    if (works) judge(subject, (isTold) => fallsBehind(queue, isTold), what);
    else if (told(subject) === WORKS) facts.set(subject, WORKS); // nothing comes of what was about to be told
  }
  judge("alert.undecided", above(undecided, THRESHOLDS.undecided), {
    kind: "undecided",
    minutes: minutes(undecided),
  });
  facts.set("alert.buried", buried(reading.buried, told("alert.buried")));
  if (diskFree !== undefined)
    judge("alert.disk", below(diskFree, THRESHOLDS.disk), {
      kind: "disk",
      megabytes: Math.round(diskFree / 1e6),
    });
  judge("alert.memory", above(memoryUsed ?? 0, THRESHOLDS.memory), {
    kind: "memory",
    percent: Math.round((memoryUsed ?? 0) * 100),
  });
  judge("alert.clock", () => reading.clockHeld, { kind: "clock" });
  judge("alert.keys", above(keysOverdue, THRESHOLDS.keys), {
    kind: "keys",
    hours: Math.floor(keysOverdue / HOUR),
  });
  for (const [name, ends] of reading.certificates)
    facts.set(`alert.certificate.${name}`, certificate(name, ends, reading.now));
  return facts;
}

/** What a subject is of: an account, or a key of the config; empty where there is but one. */
export function partsOf(subject: string): { readonly kind: Alert["kind"]; readonly name: string } {
  const [, kind = "", ...name] = subject.split(".");
  return { kind: kind as Alert["kind"], name: name.join(".") }; // subjects are made above
}

function trouble(key: string, what: Alert): Trouble<Alert> {
  const goesByItself = what.kind === "queue" || what.kind === "undecided";
  return { key, kind: what.kind, lasts: goesByItself ? THRESHOLDS.lasts : 0, what };
}

type Span = { readonly on: number; readonly off: number };
const above =
  (value: number, { on, off }: Span) =>
  (isTold: boolean) =>
    value > (isTold ? off : on);
const below =
  (value: number, { on, off }: Span) =>
  (isTold: boolean) =>
    value < (isTold ? off : on);

function fallsBehind({ depths, oldest }: QueueReading, isTold: boolean): boolean {
  const { least, looks } = THRESHOLDS.queueGrows;
  const last = depths.slice(-(looks + 1));
  const grows = last.length > looks && last.every((depth, i) => i === 0 || depth > (last[i - 1] ?? 0));
  return above(oldest, THRESHOLDS.queueOld)(isTold) || (grows && (last.at(-1) ?? 0) >= least);
}

/** Each that is newer than what was told of is told of; what was told and is still there isn't over. */
function buried({ count, newest }: AlertReading["buried"], told: string): Fact {
  if (count === 0) return WORKS;
  const key = told !== WORKS && newest <= Number(told) ? told : String(newest);
  return { key, kind: "buried", lasts: 0, what: { kind: "buried", count } };
}

function certificate(name: string, ends: Timestamp, now: Timestamp): Fact {
  const left = ends - now;
  const stage = THRESHOLDS.certificate.findLast((before) => left <= before);
  if (stage === undefined) return WORKS;
  // Another certificate in its place is another thing.
  const key = `${ends}: ${stage}`;
  return {
    key,
    kind: `certificate ${stage}`,
    lasts: 0,
    what: { kind: "certificate", name, days: Math.max(0, Math.floor(left / DAY)) },
  };
}

function minutes(span: Milliseconds): number {
  return Math.floor(span / MINUTE);
}
