import { afterEach, describe, test } from "vitest";
import type { Cast, Chapter } from "./cast.ts";
import { play, type Stage } from "./player.ts";

/** How long a transcript may take: nothing of it takes so long. */
const LIMIT = 120_000;

/** Opens a stage for one transcript. */
export type OpenStage = (cast: Cast, numbers?: readonly string[]) => Promise<Stage>;

/** Plays chapters as tests, each transcript on a stage of its own. */
export function playChapters(chapters: readonly Chapter[], open: OpenStage): void {
  let stage: Stage | undefined;
  afterEach(async () => {
    await stage?.close();
    stage = undefined;
  });
  for (const { about, transcripts } of chapters)
    describe(about, () => {
      for (const { name, cast, numbers, lines } of transcripts)
        test(
          name,
          async () => {
            stage = await open(cast, numbers);
            await play(stage, lines);
          },
          LIMIT,
        );
    });
}
