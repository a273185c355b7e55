// Transcripts over scripted networks, with a real Redis: `matrix`, where the bridge opens rooms, and `sms`, where it has
// numbers.

import { setTimeout as wait } from "node:timers/promises";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { givenPortal } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { end, openWorld, type Side, type TestHouse, until, type World } from "../support/test-house.ts";
import { type Bindings, play, type Stage } from "./player.ts";
import { BRIDGE } from "./transcript.ts";

/** Who is on which network. */
export type Cast = Readonly<Record<string, "matrix" | "sms">>;

export const FRONT_DOOR = "+15550100";
const NUMBERS = [FRONT_DOOR, "+15550111", "+15550112"];
const BOT = "@footbridge:example.org";

/** A stage in memory, with what tests need behind it. */
export interface ScriptedStage extends Stage {
  readonly world: World;
  readonly clock: SkippingClock;
  readonly house: TestHouse;
  /** Plays a transcript; `{day}` is 30 days from now. */
  play(transcript: string, known?: ReadonlyMap<string, string>): Promise<Bindings>;
  /** What somebody was shown, with when it was written. */
  details(who: string, place: string): readonly { readonly text: string; readonly at: number }[];
  /** The process ends and another one begins. `through` may change its connection. */
  restart(through?: (connection: Connection) => Connection): Promise<void>;
  /** Nothing is under way any more. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

interface Person {
  readonly side: Side;
  readonly address: string;
  /** Their chat with the bridge. */
  readonly desk: string;
}

export async function openScripted(cast: Cast, numbers: readonly string[] = NUMBERS): Promise<ScriptedStage> {
  const clock = skippingClock();
  const world = await openWorld({
    ...{ clock, pairs: 0 },
    presence: { rooms: { user: BOT }, phones: { numbers } },
    phones: { optOutWords: true },
  });
  const people = new Map(
    Object.entries(cast).map(([who, network], i) => [who, personOn(network, who, i, numbers[0] ?? "")]),
  );
  let house = await world.open();
  const personOf = (who: string): Person => {
    const person = people.get(who);
    if (person === undefined) throw new Error(`nobody is called ${who}`);
    return person;
  };
  const shownTo = ({ address, desk, side }: Person) =>
    world[side].shown.flatMap((each) => {
      const place = each.portal === desk ? BRIDGE : placeOf(world, side, address, each.portal);
      return place === undefined ? [] : { ...each, place };
    });
  const portalOf = (who: string, place: string): string => {
    const { address, desk, side } = personOf(who);
    if (place === BRIDGE) return desk;
    if (side === "phones") return givenPortal(`+${place.replace(/\D/g, "")}`, address);
    const room = [...world.rooms.titles].find(([, { title, to }]) => to === address && title === place);
    if (room === undefined) throw new Error(`${who} has no room "${place}"`);
    return room[0];
  };
  const idle = (): Promise<void> =>
    until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
  const stage: ScriptedStage = {
    world,
    clock,
    play: (transcript, known = new Map([["day", inThirtyDays(clock.now())]])) =>
      play(stage, transcript, new Map(known)),
    get house() {
      return house;
    },
    people: [...people.keys()],
    writes: async (who, place, text) => {
      const { address, side } = personOf(who);
      await house.say(side, text, { chat: portalOf(who, place), from: address });
    },
    reacts: async (who, emoji, to) => {
      const person = personOf(who);
      const target = shownTo(person).findLast(({ place, text }) => place === BRIDGE && text.startsWith(to));
      if (target === undefined) throw new Error(`${who} was never shown: ${to}`);
      const body = { kind: "reaction", target: sensitive(target.ref), emoji } as const;
      await house.say(person.side, "", { chat: person.desk, from: person.address, body });
    },
    shown: (who) => {
      const places = Map.groupBy(shownTo(personOf(who)), ({ place }) => place);
      return new Map([...places].map(([place, all]) => [place, all.map(({ text }) => text)]));
    },
    details: (who, place) => shownTo(personOf(who)).filter((each) => each.place === place),
    waits: async (days, minutes) => {
      await idle();
      for (let day = 0; day < days; day++) {
        clock.skip(DAY);
        await wait(30); // the keys of the day are made
      }
      clock.skip(minutes * MINUTE + MINUTE / 2);
      await wait(30);
    },
    restart: async (through) => {
      await end(house);
      house = await world.open(through);
    },
    idle,
    close: () => world.close(),
  };
  return stage;
}

/** As people read it, in UTC. */
function inThirtyDays(now: number): string {
  const [then, today] = [new Date(now + 30 * DAY), new Date(now)];
  const year = then.getUTCFullYear() === today.getUTCFullYear() ? "" : ` ${then.getUTCFullYear()}`;
  return `${then.getUTCDate()} ${then.toLocaleString("en-GB", { month: "short", timeZone: "UTC" })}${year}`;
}

function personOn(network: Cast[string], who: string, index: number, door: string): Person {
  if (network === "matrix")
    return { side: "rooms", address: `@${who}.canary:example.org`, desk: `!desk-of-${who}:example.org` };
  const phone = `+35191${String(index).padStart(7, "0")}`;
  return { side: "phones", address: phone, desk: givenPortal(door, phone) };
}

/** What somebody calls the place of a portal; undefined when it isn't theirs. */
function placeOf(world: World, side: Side, address: string, portal: string): string | undefined {
  if (side === "rooms") {
    const room = world.rooms.titles.get(portal);
    return room?.to === address ? room.title : undefined;
  }
  const [number = "", phone] = portal.split(" ");
  return phone === address ? readable(number) : undefined;
}

function readable(number: string): string {
  return number.replace(/^\+(\d)(\d{3})(\d{4})$/, "+$1 $2 $3");
}
