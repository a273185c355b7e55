// The player itself: what it lets pass, and what it doesn't.

import { describe, expect, test } from "vitest";
import { play, type Stage } from "./player.ts";
import { BRIDGE } from "./transcript.ts";

/** A stage on which everybody is answered the same. */
function echoing(answers: readonly string[]): Stage {
  const shown: string[] = [];
  return {
    people: ["ana", "leo"],
    known: new Map(),
    numbers: new Map([["+1 555 0100", "+1 202 555 0100"]]),
    patience: 50,
    writes: async () => void shown.push(...answers),
    does: async () => undefined,
    acts: async (who, place, act) => void shown.push(`${who} ${act} in ${place}`),
    looks: (_who, text) => text,
    shown: (who) =>
      new Map(who === "ana" && shown.length > 0 ? [[BRIDGE, shown.map((text) => ({ text, at: 0 }))]] : []),
    waits: async () => undefined,
    phones: async () => undefined,
    settled: async () => undefined,
    close: async () => undefined,
  };
}

describe("a transcript", () => {
  test("passes when each word of it is read, and no other", async () => {
    const lines = `
ana -> hello
ana <- Text k3v9-7qxm-4t to +1 555 0100
       and wait
`.replace("k3v9-7qxm-4t", "{code}");
    const stage = echoing(["Text k3v9-7qxm-4t to +1 202 555 0100\nand wait"]);
    expect((await play(stage, lines)).get("code")).toBe("k3v9-7qxm-4t");
  });

  test("has people do something to a place, whose name may be one that they read", async () => {
    const lines = `
ana -> hello
ana <- {name}
leo !> encrypts
ana [{name} · bike] !> leaves
ana <- leo encrypts in the bridge
ana <- ana leaves in {name} · bike
`;
    await play(echoing(["Amber Fox"]), lines);
  });

  test.each([
    ["lacks what is read", ["hi", "there"], "ana <- hi"],
    ["has more than is read", ["hi"], "ana <- hi\nana <- there"],
    ["has another word", ["hi"], "ana <- ho"],
    ["has another order", ["hi", "there"], "ana <- there\nana <- hi"],
    ["has another reader", ["hi"], "leo <- hi"],
    ["has another place", ["hi"], "ana [a room] <- hi"],
    ["reads one placeholder in two ways", ["Amber Fox", "Blue Hen"], "ana <- {name}\nana <- {name}"],
  ])("doesn't pass when it %s", async (_what, answers, reads) => {
    await expect(play(echoing(answers), `ana -> hello\n${reads}`)).rejects.toThrow();
  });

  test.each([
    "ana says hello",
    "-- 7 weeks",
    "-- phones: tired",
    "ana +> 👍",
    "ana ~> no arrow",
    "ana !> sings",
  ])("with a line that nobody can read is refused: %s", async (line) => {
    await expect(play(echoing([]), line)).rejects.toThrow(SyntaxError);
  });
});
