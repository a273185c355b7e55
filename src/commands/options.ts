import type { Question } from "../model/conversation.ts";

/** What an option of a question means. */
type OptionName = "yes" | "no" | "always" | "accept" | "decline" | "block" | "chosen";

/** One option of a question: the first answers by `1`. */
export interface Option {
  readonly name: OptionName;
  /** Its place, from 0. */
  readonly index: number;
  /** In lower case. */
  readonly words: readonly string[];
}

type Named = readonly [name: OptionName, ...words: string[]];

const YES: Named = ["yes", "yes", "y"];
const NO: Named = ["no", "no", "n"];

/** The options of each kind of question in the order of its menu, which stands in the catalogue of texts. */
const OPTIONS: { readonly [Kind in Exclude<Question["kind"], "whom">]: readonly Named[] } = {
  "send-again": [YES, ["no", "leave it", "no", "n"]],
  "join-link": [YES, NO],
  "confirm-link": [YES, NO],
  "forget-me": [YES, NO],
  "first-text": [],
  guard: [
    ["yes", "send", "yes", "y"],
    ["no", "don't", "dont", "no", "n"],
    ["always", "always"],
  ],
  request: [
    ["accept", "accept", "yes", "y"],
    ["decline", "decline", "no", "n"],
    ["block", "block"],
  ],
};

/** The options of a question, in their order. */
export function optionsOf(question: Question): readonly Option[] {
  const named: readonly Named[] =
    question.kind === "whom" ? question.conversations.map(() => ["chosen"]) : OPTIONS[question.kind];
  return named.map(([name, ...words], index) => ({ name, index, words }));
}

/** What reactions mean beside 1️⃣ 2️⃣ 3️⃣, without variation selectors and tones of skin. */
export const REACTIONS: ReadonlyMap<string, readonly OptionName[]> = new Map(
  Object.entries<readonly OptionName[]>({
    ...{ "👍": ["yes", "accept"], "✅": ["yes", "accept"], "✔": ["yes", "accept"] },
    ...{ "👎": ["no", "decline"], "❌": ["no", "decline"], "✖": ["no", "decline"] },
    ...{ "🚫": ["block"], "⛔": ["block"] },
  }),
);

/** The zeros of digits that keyboards have: Arabic, Persian, Devanagari, Bengali, full width. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6, 0xff10];

/** The text with all digits in ASCII, those on keys too: `1️⃣` is `1`. */
export function digitsOf(text: string): string {
  return text.replace(/[\ufe0f\u20e3]/g, "").replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    const zero = ZEROS.find((first) => code >= first && code < first + 10);
    return zero === undefined ? digit : String(code - zero);
  });
}
