import { expect, test } from "vitest";
import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { ENCRYPTED, MOVED_AND_ANSWERED } from "./transcripts/encrypted.ts";

playChapters([ENCRYPTED], openScripted);

test("a client that doesn't encrypt is answered in such a chat, too: what was asked there isn't open any more", async () => {
  const stage = await openScripted({ seller: "matrix", buyer: "sms" });
  try {
    await stage.play(MOVED_AND_ANSWERED);
    const [chat, from] = ["!desk-of-seller:example.org", "@seller.canary:example.org"];
    await stage.house.say("rooms", "requests", { chat, from });
    await stage.idle();
    expect(stage.world.rooms.texts(chat).at(-1)).toBe("No request is open.");
  } finally {
    await stage.close();
  }
});
