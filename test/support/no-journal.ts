import type { Journal } from "../../src/store/journal.ts";

/** For tests in which nothing is restored. */
export const noJournal: Journal = { note: async () => undefined };
