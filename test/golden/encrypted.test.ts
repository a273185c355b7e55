// "Encrypted before we can read it" of the product's transcripts, word for word, and what goes on in the room that can be read.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { conversationIds } from "../support/test-house.ts";
import { openScripted, type ScriptedStage } from "./scripted-stage.ts";
import { FIRST_CONTACT, MAKE_HANDLE } from "./transcripts/first-lines.ts";

const SELLER = "@seller.canary:example.org";
let stage: ScriptedStage;
beforeEach(async () => {
  stage = await openScripted({ seller: "matrix", buyer: "sms" });
});
afterEach(() => stage.close());

/** The seller's client encrypts what it sends to the bridge, and the transcript follows. */
async function encrypts(transcript: string, known?: ReadonlyMap<string, string>): Promise<void> {
  const body = { kind: "message", content: { kind: "unbridgeable", what: "encrypted" } } as const;
  const where = { chat: "!desk-of-seller:example.org", from: SELLER };
  await Promise.all([stage.play(transcript, known), stage.house.say("rooms", "", { ...where, body })]);
}

const INVITED = `
seller <- I can't read encrypted rooms here yet. I've invited you to one that I can read.
seller [Footbridge] <- I can read this room. /help says what you can do here.
`;

/** What was asked is asked there. */
const MOVED = `${INVITED}
seller [Footbridge] <- Request 1 for "bike" from {name}
          1 accept · 2 decline · 3 block
`;

describe("an encrypted chat with the bridge", () => {
  test("is answered with a room that can be read, which is the control room from then on", async () => {
    await encrypts(`${INVITED}
seller [Footbridge] -> handle new bike
seller [Footbridge] <- Handle for "bike": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller [Footbridge] <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
seller [Footbridge] -> 1
seller [Footbridge] <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`);
  });

  test("takes what was asked there along: it is answered in the new room", async () => {
    const known = await stage.play(FIRST_CONTACT);
    await encrypts(
      `${MOVED}
seller [Footbridge] -> 1
seller [Footbridge] <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller -> requests
seller <- No request is open.
`,
      known,
    );
  });

  test("leads to a room into which the seller is asked again by a request, when they have left it", async () => {
    const known = await stage.play(MAKE_HANDLE);
    await encrypts(INVITED, known);
    await stage.idle();
    const { world, house } = stage;
    const openings = () => world.rooms.kinds.filter((kind) => kind === "openPortal").length;
    const room = world.rooms.opened.get(SELLER) ?? "";
    expect(openings()).toBe(1);
    await house.say("rooms", "", {
      ...{ chat: room, from: SELLER, body: { kind: "membership", change: "left" } },
    });
    await stage.idle();
    await stage.play(
      `
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller [Footbridge] <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
`,
      known,
    );
    expect(openings()).toBe(2);
  });

  test("isn't where a request ends that nobody answers: that is the new room", async () => {
    const known = await stage.play(FIRST_CONTACT);
    const asked = async () => {
      const { cache } = stage.house.house;
      const all = await Promise.all((await conversationIds(stage.house)).map((id) => cache.get(id)));
      const record = all.map((each) => each?.record).find((each) => each?.origin === "contact");
      return record?.origin === "contact" ? cache.get(record.desk) : undefined;
    };
    expect((await asked())?.record).not.toHaveProperty("unreadable");
    await encrypts(MOVED, known);
    await stage.idle();
    const desk = await asked();
    const portal = desk?.legs[0]?.portal?.expose() ?? "";
    expect(stage.world.rooms.titles.get(portal)?.title).toBe("Footbridge");
    expect(desk?.record).toMatchObject({ requests: [{ number: 1, label: "bike" }] });
  });
});
