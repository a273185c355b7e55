import { afterEach, describe, expect, test } from "vitest";
import { answers } from "../support/scripted-account.ts";
import {
  addressOf,
  aWhile,
  openWorld,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";
import { ask, codeAt, link, meet, phoneDesk, roomDesk, saidAt, spoken } from "./linking.ts";

let world: World;
let house: TestHouse;
const begin = async () => {
  world = await openWorld();
  house = await world.open();
  await ready(world);
};
afterEach(() => world.close());

/** Who is in a pair with a phone, and another phone of theirs. */
const ana = roomDesk(addressOf("rooms", 0));
const phone = phoneDesk("+351990000042");
const other = roomDesk("@leo.canary:example.org");

describe("linking a phone", () => {
  test("asks both, and says so in these words", async () => {
    await begin();
    const code = await codeAt(world, house, ana);
    expect(await ask(world, house, phone, code)).toBe(
      'Link this SMS account with the Matrix account @us…? Either can undo it at any time with "unlink". 1 yes · 2 no',
    );
    expect(await ask(world, house, phone, "1")).toBe("Asked. Please say yes on Matrix too.");
    await until(() => saidAt(world, ana).length === 2);
    expect(saidAt(world, ana).at(-1)).toBe(
      "An SMS account (number ending 42) wants to be linked with this one. 1 yes · 2 no",
    );
    expect(await ask(world, house, ana, "1")).toBe(
      "Linked: Matrix, SMS ··42. Messages reach you where you last wrote from; " +
        '"prefer sms, matrix" changes that. "me" shows what is linked.',
    );
    await until(() => saidAt(world, phone).length === 3);
    expect(saidAt(world, phone).at(-1)).toMatch(/^Linked: SMS, Matrix @us…\. /);
    expect(await ask(world, house, phone, "me")).toMatch(/^Linked: SMS \(this one\), Matrix @us…\./);
  });

  test("is undone by a no from either, and both are told", async () => {
    await begin();
    await ask(world, house, phone, await codeAt(world, house, ana));
    expect(await ask(world, house, phone, "2")).toBe("Not linked. The other account is told.");
    await until(() => saidAt(world, ana).at(-1) === "Not linked: the other account said no.");
    await ask(world, house, phone, await codeAt(world, house, ana));
    const before = saidAt(world, ana).length;
    await ask(world, house, phone, "1");
    await until(() => saidAt(world, ana).length > before);
    expect(await ask(world, house, ana, "2")).toBe("Not linked. The other account is told.");
    await until(() => saidAt(world, phone).at(-1) === "Not linked: the other account said no.");
    expect(await ask(world, house, ana, "me")).toMatch(/^Only this Matrix account/);
  });

  test("takes a code once, from another account, and says when it is wrong", async () => {
    await begin();
    const code = await codeAt(world, house, ana);
    expect(await ask(world, house, ana, code)).toMatch(/^That code is for your other account/);
    const second = await codeAt(world, house, ana);
    await ask(world, house, phone, second);
    expect(await ask(world, house, other, second)).toMatch(/^That code isn't in use/);
  });

  test("is refused for an account that is linked with others, and both are told", async () => {
    await begin();
    await link(world, house, ana, phone);
    const code = await codeAt(world, house, other);
    expect(await ask(world, house, phone, code)).toMatch(
      /^Not linked: the account that sent the code is linked/,
    );
    await until(() => saidAt(world, other).at(-1)?.startsWith("Not linked: the account that sent") === true);
    expect(await ask(world, house, phone, await codeAt(world, house, ana))).toMatch(/linked already/);
  });

  test("counts wrong codes, and pauses after five", async () => {
    await begin();
    const answers: string[] = [];
    for (let i = 0; i < 6; i++) answers.push(await ask(world, house, phone, `1234 567${i}`));
    expect(answers.slice(0, 5)).toEqual(Array(5).fill(answers[0]));
    expect(answers[5]).toMatch(/^Too many wrong codes/);
  });
});

/** A phone in a conversation with somebody on Matrix, and the Matrix account that it is linked with. */
const seller = "@ana.canary:example.org";
const buyer = phoneDesk("+351912000001");
const together = async () => {
  await begin();
  const meeting = await meet(house, seller, buyer.from);
  return {
    ...meeting,
    toBuyer: (text: string) => house.say("rooms", text, { chat: meeting.room, from: seller }),
    byPhone: (text: string) => house.say("phones", text, { chat: meeting.portal, from: buyer.from }),
    onPhone: () => world.phones.texts(meeting.portal),
    atSeller: () => world.rooms.texts(meeting.room),
  };
};
/** The room that was opened for the other account. */
const opened = async (): Promise<string> => {
  await until(() => world.rooms.opened.has(other.from));
  return world.rooms.opened.get(other.from) ?? "";
};

describe("a linked person", () => {
  test("keeps the conversations of the account that was linked", async () => {
    const { toBuyer, byPhone, onPhone, atSeller } = await together();
    await link(world, house, other, buyer);
    await toBuyer("still here");
    await until(() => onPhone().includes("still here"));
    await byPhone("me too");
    await until(() => atSeller().includes("me too"));
  });

  test("keeps the place in a pair of the operator's that one of the accounts has, also after unlinking and a new start", async () => {
    await begin();
    const paired = phoneDesk(addressOf("phones", 0));
    await link(world, house, other, paired);
    await house.say("rooms", "one");
    await until(() => read(world, "phones").includes("one"));
    await ask(world, house, other, "unlink sms");
    await house.stop();
    house = await world.open();
    await house.say("rooms", "two");
    await until(() => read(world, "phones").includes("two"));
    await house.say("phones", "three");
    await until(() => read(world, "rooms").includes("three"));
  });
});

describe("where a linked person is reached", () => {
  test("is where they prefer, from the next message on; a reply from there continues the conversation", async () => {
    const { toBuyer, onPhone, atSeller } = await together();
    await link(world, house, other, buyer);
    await toBuyer("one");
    await until(() => onPhone().includes("one"));
    await ask(world, house, other, "prefer matrix, sms");
    expect(world.rooms.opened.has(other.from)).toBe(false); // only when something is to be said there
    await toBuyer("two");
    const room = await opened();
    await toBuyer("three");
    await until(() => world.rooms.texts(room).includes("three"));
    await house.say("rooms", "from the room", { chat: room, from: other.from });
    await until(() => atSeller().includes("from the room"));
    await ask(world, house, other, "prefer sms");
    await toBuyer("four");
    await until(() => onPhone().includes("four"));
    expect(spoken(onPhone())).toEqual(["one", "four"]);
    expect(spoken(world.rooms.texts(room))).toEqual(["two", "three"]);
  });

  test("is said to both whenever another hop is the weakest by it", async () => {
    const { toBuyer, onPhone, atSeller } = await together();
    const [sms, matrix] = [
      "Weakest hop: SMS, not encrypted.",
      "Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help",
    ];
    await link(world, house, other, buyer);
    await ask(world, house, other, "prefer matrix");
    await toBuyer("one");
    const room = await opened();
    await until(() => world.rooms.texts(room).includes(matrix) && atSeller().includes(matrix));
    await ask(world, house, other, "prefer sms");
    await until(() => onPhone().some((text) => text.startsWith(sms)));
    await until(() => atSeller().some((text) => text.startsWith(sms)));
    expect(atSeller()).toEqual([matrix, `${sms} SMS can't be recalled. /help`]);
  });

  test("follows them when they write from elsewhere", async () => {
    const { toBuyer, byPhone, onPhone, atSeller } = await together();
    await link(world, house, other, buyer);
    await ask(world, house, other, "prefer matrix");
    await toBuyer("one");
    const room = await opened();
    await until(() => world.rooms.texts(room).includes("one"));
    await ask(world, house, other, "prefer last");
    await byPhone("from the phone");
    await until(() => atSeller().includes("from the phone"));
    await toBuyer("two");
    await until(() => onPhone().includes("two"));
    await house.say("rooms", "from the room", { chat: room, from: other.from });
    await until(() => atSeller().includes("from the room"));
    await toBuyer("three");
    await until(() => world.rooms.texts(room).includes("three"));
    expect(spoken(world.rooms.texts(room))).toEqual(["one", "three"]);
  });

  test("is the same in their other conversations, once they write from elsewhere in one", async () => {
    const { toBuyer, byPhone, atSeller } = await together();
    const second = await meet(house, "@mia.canary:example.org", "+351912000002");
    await link(world, house, other, buyer);
    await link(world, house, other, phoneDesk("+351912000002"));
    await ask(world, house, other, "prefer matrix");
    await toBuyer("one");
    await opened();
    await ask(world, house, other, "prefer last");
    await byPhone("from the first phone");
    await until(() => atSeller().includes("from the first phone"));
    await house.say("rooms", "hello", { chat: second.room, from: "@mia.canary:example.org" });
    // The first phone has no number there yet: they stay where they were.
    await until(() => world.phones.texts(second.portal).includes("hello"));
  });
});

describe("unlinking", () => {
  test("by either makes each its own again, and the other is told", async () => {
    await begin();
    for (const typed of [ana, phone]) {
      await link(world, house, ana, phone);
      const text = typed === ana ? "unlink sms" : "unlink";
      const untyped = typed === ana ? phone : ana;
      expect(await ask(world, house, typed, text)).toBe(
        "Unlinked. Conversations that were only there are closed for you.",
      );
      await until(() => saidAt(world, untyped).at(-1)?.startsWith("Unlinked by") === true);
      expect(await ask(world, house, typed, "me")).toMatch(/^Only this/);
      expect(await ask(world, house, untyped, "me")).toMatch(/^Only this/);
      expect(await ask(world, house, typed, "unlink")).toMatch(/^No other account is linked/);
    }
  });

  test("closes what was only there, tells the others, and nothing more comes", async () => {
    const { toBuyer, onPhone, atSeller } = await together();
    await link(world, house, other, buyer);
    await toBuyer("before");
    await until(() => onPhone().includes("before"));
    await ask(world, house, other, "unlink sms");
    await until(() => atSeller().includes("This conversation has ended."));
    await toBuyer("after");
    await aWhile();
    expect(spoken(onPhone())).toEqual(["before"]);
  });

  test("lets a conversation go on at the other account, and nothing reaches the one that left", async () => {
    const { toBuyer, byPhone, onPhone, atSeller } = await together();
    await link(world, house, other, buyer);
    await ask(world, house, other, "prefer matrix");
    await toBuyer("one");
    const room = await opened();
    await until(() => world.rooms.texts(room).includes("one"));
    await ask(world, house, other, "prefer sms");
    await ask(world, house, buyer, "unlink");
    await toBuyer("two");
    await until(() => world.rooms.texts(room).includes("two"));
    await byPhone("am I still heard?");
    await aWhile();
    expect(atSeller()).not.toContain("am I still heard?");
    // The number is the bridge's own chat with a stranger now.
    expect(spoken(onPhone())).toEqual(["This is a private relay. Send the code you were given."]);
  });

  test("sends what waited for the account that left to the other one", async () => {
    const { toBuyer, onPhone } = await together();
    await link(world, house, other, buyer);
    await ask(world, house, other, "prefer matrix");
    await toBuyer("one");
    const room = await opened();
    await ask(world, house, other, "prefer sms");
    const away = answers(
      { kind: "retry", reason: "not-connected", scope: "delivery", counts: false },
      { marked: false },
    );
    world.phones.always(away);
    for (const text of ["two", "three"]) await toBuyer(text);
    await aWhile();
    await ask(world, house, buyer, "unlink");
    world.phones.clear();
    await until(() => world.rooms.texts(room).includes("three"));
    await aWhile();
    expect(spoken(world.rooms.texts(room))).toEqual(["one", "two", "three"]);
    expect(spoken(onPhone())).toEqual([]);
  });
});
