// Transcripts over scripted networks, with a real Redis: `matrix`, where the bridge opens rooms, `sms`, where it has numbers, and,
// where somebody is on it, `whatsapp`, where all is in one chat.

import { setTimeout as wait } from "node:timers/promises";
import type { Milliseconds } from "../../src/model/time.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { answers, givenPortal, takenButAnswers } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { type AnySide, end, openWorld, type TestHouse, type World } from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";
import { type Cast, DOCUMENTED_NUMBERS, type Network } from "./cast.ts";
import { bindingsAt } from "./known.ts";
import { type Bindings, play, type Seen, type Stage } from "./player.ts";
import { bodyOf, ENCRYPTED, isOwn, LEFT, marked } from "./scripted-bodies.ts";
import { passes } from "./steps.ts";
import { BRIDGE, type PhonesAre } from "./transcript.ts";

const BOT = "@footbridge:example.org";
/** The bridge's own number on WhatsApp. */
const WHATSAPP_NUMBER = "+15550199";

/** What waits for a sweep comes with the next one, 15 s later. */
const PATIENCE: Milliseconds = 20_000;
/** Long enough for something to come that nobody should read. */
const QUIET: Milliseconds = 150;

/** A stage in memory, with what tests need behind it. */
export interface ScriptedStage extends Stage {
  readonly world: World;
  readonly clock: SkippingClock;
  readonly house: TestHouse;
  play(transcript: string, known?: Bindings): Promise<Bindings>;
  /** The process ends and another one begins. `through` may change its connection; `between` is done while there is none. */
  restart(through?: (connection: Connection) => Connection, between?: () => Promise<void>): Promise<void>;
  /** Nothing is under way any more. */
  idle(): Promise<void>;
}

interface Person {
  readonly side: AnySide;
  readonly address: string;
  /** Their chat with the bridge. */
  readonly desk: string;
  /** What they wrote. */
  readonly own: { readonly portal: string; readonly text: string; readonly ref: string }[];
  /** Where their client encrypts. */
  readonly encrypted: Set<string>;
}

export async function openScripted(
  cast: Cast,
  numbers: readonly string[] = DOCUMENTED_NUMBERS,
  more: Pick<WorldOptions, "startRedis" | "journal"> = {},
): Promise<ScriptedStage> {
  const clock = skippingClock();
  const pool = numbers.map((number) => number.replaceAll(" ", ""));
  const world = await openWorld({
    ...{ ...more, clock, pairs: 0 },
    presence: {
      ...{ rooms: { user: BOT }, phones: { numbers: pool } },
      ...(Object.values(cast).includes("whatsapp") ? { chats: { numbers: [WHATSAPP_NUMBER] } } : {}),
    },
    phones: { optOutWords: true },
  });
  const people = new Map(
    Object.entries(cast).map(([who, network], i) => [who, personOn(network, who, i, pool[0] ?? "")]),
  );
  let house = await world.open();
  const personOf = (who: string): Person => {
    const person = people.get(who);
    if (person === undefined) throw new Error(`nobody is called ${who}`);
    return person;
  };
  const idle = async (): Promise<void> => {
    do await house.pipeline.drain();
    while (house.pipeline.lanes.size > 0);
  };
  const stage: ScriptedStage = {
    world,
    clock,
    get house() {
      return house;
    },
    people: [...people.keys()],
    known: bindingsAt(
      clock.now(),
      [...people].map(([who, { address }]) => [who, address]),
    ),
    numbers: new Map(),
    patience: PATIENCE,
    play: (transcript, known = stage.known) => play(stage, transcript, known),
    writes: async (who, place, text) => {
      const person = personOf(who);
      const portal = portalOf(world, person, place);
      await house.say(person.side, text, {
        chat: portal,
        from: person.address,
        ref: note(person, portal, text),
        ...(person.encrypted.has(portal) ? { body: ENCRYPTED } : {}),
        ...(person.side === "chats" ? { body: marked(text) } : {}),
      });
    },
    does: async (who, place, deed, to) => {
      const person = personOf(who);
      const chat = portalOf(world, person, place);
      const shown = world[person.side].shown.filter(({ portal }) => portal === chat);
      const all = isOwn(deed) ? person.own : [...shown, ...person.own];
      const target = all.findLast(({ portal, text }) => portal === chat && text.startsWith(to));
      if (target === undefined) throw new Error(`${who} sees nothing that begins so: ${to}`);
      const body = bodyOf(deed, target.ref);
      const more = deed.kind === "reply" ? { ref: note(person, chat, deed.text) } : {};
      await house.say(person.side, "", { chat, from: person.address, body, ...more });
    },
    acts: async (who, place, act) => {
      const person = personOf(who);
      if (person.side === "phones" || (act === "encrypts" && person.side === "chats"))
        throw new Error("a phone's chats are neither encrypted nor left");
      const chat = portalOf(world, person, place);
      if (act === "encrypts") person.encrypted.add(chat);
      else world[person.side].titles.delete(chat); // they see nothing of it until it is opened for them again
      const body = act === "encrypts" ? ENCRYPTED : LEFT;
      await house.say(person.side, "", { chat, from: person.address, body });
      await idle();
    },
    looks: (_who, text) => text,
    shown: (who) => shownTo(world, personOf(who)),
    waits: async (span) => {
      await idle();
      await passes(clock, span);
    },
    phones: async (on, are) => setPhones(world, house, on === "phones" ? "phones" : "chats", are),
    settled: async () => {
      await idle();
      await wait(QUIET);
      await idle();
    },
    restart: async (through, between) => {
      await end(house);
      await between?.();
      house = await world.open(through);
    },
    idle,
    close: () => world.close(),
  };
  return stage;
}

function personOn(network: Network, who: string, index: number, door: string): Person {
  if (network === "matrix") {
    const address = `@${who}.canary:example.org`;
    return { side: "rooms", address, desk: `!desk-of-${who}:example.org`, ...nothingYet() };
  }
  const phone = `+35191${String(index).padStart(7, "0")}`;
  const [side, number] =
    network === "sms" ? (["phones", door] as const) : (["chats", WHATSAPP_NUMBER] as const);
  return { side, address: phone, desk: givenPortal(number, phone), ...nothingYet() };
}

function nothingYet(): Pick<Person, "own" | "encrypted"> {
  return { own: [], encrypted: new Set() };
}

function portalOf(world: World, { address, desk, side }: Person, place: string): string {
  if (place === BRIDGE) return desk;
  if (side === "phones") return givenPortal(`+${place.replace(/\D/g, "")}`, address);
  const room = [...world[side].titles].find(([, { title, to }]) => to === address && title === place);
  if (room === undefined) throw new Error(`there is no room "${place}"`);
  return room[0];
}

function shownTo(world: World, { address, desk, side }: Person): Map<string, readonly Seen[]> {
  const all = world[side].shown.flatMap((each) => {
    const place = each.portal === desk ? BRIDGE : placeOf(world, side, address, each.portal);
    return place === undefined ? [] : { place, text: each.text, at: each.at };
  });
  return Map.groupBy(all, ({ place }) => place);
}

/** What somebody calls the place of a portal; undefined when it isn't theirs. */
function placeOf(world: World, side: AnySide, address: string, portal: string): string | undefined {
  const room = world[side].titles.get(portal);
  if (room !== undefined || side === "rooms") return room?.to === address ? room.title : undefined;
  const [number = "", phone] = portal.split(" ");
  return phone === address ? number.replace(/^\+(\d)(\d{3})(\d{4})$/, "+$1 $2 $3") : undefined;
}

/** Remembers what somebody wrote; gives the network's id of it. */
function note({ address, own }: Person, portal: string, text: string): string {
  const ref = `own-canary-${own.length}-${address}`;
  own.push({ portal, text, ref });
  return ref;
}

function setPhones(world: World, house: TestHouse, side: "phones" | "chats", are: PhonesAre): void {
  const network = world[side];
  const all = (): boolean => true;
  network.clear();
  house.account[side]?.host.report(
    are === "away" ? { kind: "disconnected", reason: "not-connected" } : { kind: "connected" },
  );
  if (are === "no route")
    network.always(answers({ kind: "refused", reason: "unreachable", scope: "delivery" }), all);
  if (are === "silent") network.always(takenButAnswers({ kind: "unknown", reason: "unsure" }), all);
}
