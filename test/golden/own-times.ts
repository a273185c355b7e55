import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import type { OpenStage } from "./chapters.ts";
import { play } from "./player.ts";
import { ACCEPTED, FIRST_CONTACT } from "./transcripts/first-lines.ts";

/** Plays first contact, and looks at what transcripts don't say: when each text was written, as its reader sees it. */
export function playOwnTimes(open: OpenStage): void {
  test("a request that is accepted brings both texts with their own times", async () => {
    const stage = await open({ seller: "matrix", buyer: "sms" });
    try {
      const began = Date.now();
      const bound = await play(stage, FIRST_CONTACT);
      const written = Date.now();
      await wait(50);
      await play(stage, ACCEPTED.slice(FIRST_CONTACT.length), bound);
      const [first, second, hop] = stage.shown("seller").get(`${bound.get("name")} · bike`) ?? [];
      const times = [began, first?.at, second?.at, written, hop?.at].map((time) => time ?? 0);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(hop?.at).toBeGreaterThan(written);
    } finally {
      await stage.close();
    }
  });
}
