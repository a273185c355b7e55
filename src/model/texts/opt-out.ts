/** What is said about texts as such, on networks with opt-out words. */
export interface OptOutTexts {
  /** After STOP: the last text until they come back. */
  stopped(): string;
  /** After START. */
  resumed(): string;
}

/** In English. */
export const optOutEnglish: OptOutTexts = {
  stopped: () => "You won't get texts from this service any more. START to come back.",
  resumed: () => "You get texts from this service again. STOP ends them, HELP for more.",
};
