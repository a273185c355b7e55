import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Chapter } from "./cast.ts";
import { ALL, ON_WHATSAPP } from "./transcripts/all.ts";

const FOLDER = join(import.meta.dirname, "transcripts");

/** All chapters that there are, by their names. */
async function chapters(): Promise<readonly (readonly [string, Chapter])[]> {
  const files = readdirSync(FOLDER).filter((file) => file !== "all.ts");
  const modules = await Promise.all(files.map((file): Promise<object> => import(join(FOLDER, file))));
  return modules.flatMap((module) => Object.entries(module)).filter(isChapter);
}

function isChapter(entry: readonly [string, unknown]): entry is [string, Chapter] {
  const [, value] = entry;
  return typeof value === "object" && value !== null && "about" in value && "transcripts" in value;
}

test("no chapter is left out where all are played over the daemon", async () => {
  const all = await chapters();
  const played = [...ALL, ...ON_WHATSAPP];
  expect(all.filter(([, chapter]) => !played.includes(chapter)).map(([name]) => name)).toEqual([]);
  expect(all.length).toBe(played.length);
});
