import { afterEach, expect, test } from "vitest";
import type { EndedThread } from "../../src/model/conversation.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import { conversationIds } from "../support/test-house.ts";
import { openScripted, type ScriptedStage } from "./scripted-stage.ts";
import { ACCEPTED, FIRST_CONTACT } from "./transcripts/first-lines.ts";

let stage: ScriptedStage;
afterEach(() => stage.close());

/** What all desks know of conversations that ended there. */
async function endings(): Promise<readonly EndedThread[]> {
  const { cache } = stage.house.house;
  const all = await Promise.all((await conversationIds(stage.house)).map((id) => cache.get(id)));
  return all.flatMap((each) => (each?.record.origin === "desk" ? (each.record.ended ?? []) : []));
}

const FORGET = `
seller -> forget me
seller <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
seller -> 1
seller <- You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.
buyer  <- This conversation has ended.
`;

test.each([
  [
    "is declined",
    `${FIRST_CONTACT}seller -> 2\nseller <- Declined. They are told that "bike" is not available.\nbuyer <- "bike" is not available.`,
  ],
  ["is left", `${ACCEPTED}${FORGET}`],
  [
    "is blocked",
    `${ACCEPTED}buyer -> /block\nbuyer <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.`,
  ],
])(
  "a conversation that %s leaves a trace at the desk for a day, and no longer",
  async (_how, lines) => {
    stage = await openScripted({ seller: "matrix", buyer: "sms" });
    await stage.play(lines);
    expect(await endings()).toHaveLength(1);
    await stage.waits(DAY - 5 * MINUTE);
    expect(await endings()).toHaveLength(1);
    await stage.waits(10 * MINUTE);
    await expect.poll(endings, { timeout: 20_000 }).toEqual([]);
  },
  120_000,
);
