// Who runs the bridge links an account with its phone from their chat, between two scripted networks.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PairBy, PairingStep } from "../../src/adapter/pairing.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { SECOND } from "../../src/model/time.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { cameraReadsPng } from "../support/camera.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { aWhile, openWorld, type TestHouse, until, type World } from "../support/test-house.ts";

const ADMIN = "@admin.canary:example.org";
const GUEST = "@guest.canary:example.org";
const DESK = "!desk.canary";
const LINKED = "SMS (phones) is linked with its phone.";

/** Steps that a test gives, one after the other. */
class Steps {
  readonly #given: PairingStep[] = [];
  #news = Promise.withResolvers<void>();

  add(step: PairingStep): void {
    this.#given.push(step);
    this.#news.resolve();
  }

  async next(): Promise<PairingStep> {
    for (;;) {
      const step = this.#given.shift();
      if (step !== undefined) return step;
      this.#news = Promise.withResolvers();
      await this.#news.promise;
    }
  }
}

let world: World;
let house: TestHouse;
let clock: SkippingClock;
let steps: Steps;
let asked: { readonly by: PairBy["kind"]; readonly signal: AbortSignal }[];
const lines: string[] = [];

beforeEach(async () => {
  clock = skippingClock();
  lines.length = 0;
  const log = createLogger({ level: "debug", destination: { write: (line) => void lines.push(line) } });
  world = await openWorld({ clock, pairs: 0, operator: ADMIN, log });
  world.phones.pairing = phone;
  steps = new Steps();
  asked = [];
  house = await world.open();
});
afterEach(async () => {
  await world.close();
  expect(lines.join("")).not.toContain("canary");
});

/** A network that gives the steps that the test says. */
async function* phone({ kind }: PairBy, signal: AbortSignal): AsyncGenerator<PairingStep> {
  const own = steps;
  asked.push({ by: kind, signal });
  const over = new Promise<"end">((resolve) =>
    signal.addEventListener("abort", () => resolve("end"), { once: true }),
  );
  for (;;) {
    const step = await Promise.race([own.next(), over]);
    if (step === "end") return;
    yield step;
    if (step.kind === "paired" || step.kind === "refused") return;
  }
}

const qr = (text: string): PairingStep => ({ kind: "qr", qr: sensitive(text), expiresIn: 20 * SECOND });
const says = (text: string, from = ADMIN, chat = DESK) => house.say("rooms", text, { chat, from });
const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const said = () => world.rooms.texts(DESK);
const showings = () => world.rooms.showings ?? [];

/** What stands there now: what a camera reads off it, or its text. */
function standing(): readonly (string | undefined)[] {
  return showings()
    .filter(({ gone }) => !gone)
    .map(({ showing }) =>
      showing.kind === "picture" ? cameraReadsPng(showing.png.expose()) : showing.text.expose(),
    );
}

describe("who runs the bridge", () => {
  test.each(["sms pair", "pair sms", "/sms pair", "SMS pair phones.", '"sms pair"'])(
    "writes %j and sees a picture in that chat, until the phone has agreed",
    async (words) => {
      await says(words);
      steps.add({ kind: "connecting" });
      steps.add(qr("2@canary-one"));
      await until(() => standing().length === 1);
      expect(standing()).toEqual(["2@canary-one"]);
      const [first] = showings();
      expect(first?.portal).toBe(DESK);
      expect(first?.showing.to.expose()).toBe(ADMIN);
      expect(first?.showing.kind === "picture" && first.showing.caption).toBe(
        "On the phone: SMS, Settings, Linked devices, Link a device. Scan this; it is good for 20 seconds.",
      );
      steps.add({ kind: "linked" });
      await until(() => standing().length === 0);
      expect(said()).not.toContain(LINKED);
      steps.add({ kind: "paired" });
      await until(() => said().includes(LINKED));
      expect(asked.map(({ by }) => by)).toEqual(["qr"]);
    },
  );

  test("sees one picture at a time, each under an id of its own, and none when it has expired", async () => {
    await says("sms pair");
    for (const text of ["2@canary-one", "2@canary-two"]) {
      steps.add(qr(text));
      await until(() => standing()[0] === text);
      expect(standing()).toEqual([text]);
    }
    expect(new Set(showings().map(({ showing }) => showing.id)).size).toBe(2);
    clock.skip(20 * SECOND);
    await until(() => standing().length === 0);
    steps.add({
      kind: "refused",
      why: "expired",
      remedy: "nobody has scanned it in time: ask for a new one",
    });
    await until(() => said().length > 0);
    expect(said()).toEqual(["SMS (phones) isn't linked: nobody has scanned it in time: ask for a new one."]);
  });

  test("sees a code to be typed when they ask for one", async () => {
    await says("sms pair code");
    steps.add({ kind: "code", code: sensitive("ABCD2345"), expiresIn: 160 * SECOND });
    await until(() => standing().length === 1);
    expect(standing()).toEqual([
      "On the phone: SMS, Settings, Linked devices, Link a device, Link with phone number instead. Type ABCD-2345; it is good for 160 seconds.",
    ]);
    expect(asked.map(({ by }) => by)).toEqual(["code"]);
    steps.add({ kind: "paired" });
    await until(() => said().includes(LINKED));
    expect(standing()).toEqual([]);
  });

  test("begins anew by asking again, and what was shown before is gone", async () => {
    await says("sms pair");
    steps.add(qr("2@canary-one"));
    await until(() => standing().length === 1);
    const before = steps;
    steps = new Steps();
    await says("sms pair");
    await until(() => asked.length === 2);
    expect(asked[0]?.signal.aborted).toBe(true);
    expect(standing()).toEqual([]);
    before.add(qr("2@canary-late"));
    steps.add(qr("2@canary-two"));
    await until(() => standing().length === 1);
    expect(standing()).toEqual(["2@canary-two"]);
    expect(said()).toEqual([]);
  });

  test("is told when it can't be shown there, and nothing goes on", async () => {
    world.rooms.showings = null;
    await says("sms pair");
    steps.add(qr("2@canary-one"));
    await until(() => said().length > 0);
    expect(said()).toEqual([
      expect.stringMatching(
        /^SMS \(phones\) can't be linked here now: codes are shown in a chat of the two of us alone/,
      ),
    ]);
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  test("is told which accounts there are when they name another one", async () => {
    await says("sms pair wa-two");
    await until(() => said().length > 0);
    expect(said()).toEqual(['Which one? Write "sms pair phones".']);
    expect(asked).toEqual([]);
  });

  test("is shown nothing any more once the bridge stops", async () => {
    await says("sms pair");
    steps.add(qr("2@canary-one"));
    await until(() => standing().length === 1);
    await house.pipeline.stop();
    expect(standing()).toEqual([]);
    expect(asked[0]?.signal.aborted).toBe(true);
  });

  test("has none of it in the store: what is shown isn't delivered", async () => {
    await says("sms pair");
    steps.add(qr("2@canary-one"));
    await until(() => standing().length === 1);
    steps.add({ kind: "paired" });
    await until(() => said().includes(LINKED));
    await idle();
    expect(JSON.stringify(world.rooms.performed)).not.toMatch(/canary-one|Scan this/);
  });
});

describe("anybody else", () => {
  test("gets the answer that any words get that are no command", async () => {
    await says("gibberish pair", GUEST, "!a.canary");
    await says("sms pair", "@other.canary:example.org", "!b.canary");
    await until(() => world.rooms.texts("!b.canary").length > 0 && world.rooms.texts("!a.canary").length > 0);
    expect(world.rooms.texts("!b.canary")).toEqual(world.rooms.texts("!a.canary"));
    await aWhile(100);
    expect(asked).toEqual([]);
    expect(showings()).toEqual([]);
  });
});

describe("a sentence", () => {
  test.each(["sms pair phones tomorrow, please", "au pair", "pair", "sms pairs"])(
    "that only looks like it is none: %j",
    async (text) => {
      await says(text);
      await idle();
      await aWhile(50);
      expect(asked).toEqual([]);
    },
  );
});
