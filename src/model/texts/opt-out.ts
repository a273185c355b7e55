/** What is said about texts as such, on networks with opt-out words. */
export interface OptOutTexts {
  /** After STOP: the last text until they come back. */
  stopped(): string;
  /** After START. `closed`: our numbers at which they said STOP, and not START again. */
  resumed(still: { closed: readonly string[] }): string;
}

/** In English. */
export const optOutEnglish: OptOutTexts = {
  stopped: () => "You won't get texts from this service any more. START to come back.",
  resumed: ({ closed }) =>
    closed.length === 0
      ? "You get texts from this service again. STOP ends them, HELP for more."
      : `You get texts from this service again, but not from ${closed.join(", ")}: text START there, too. HELP for more.`,
};
