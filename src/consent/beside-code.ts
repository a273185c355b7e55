/** How people greet, before or after a code, in plain letters. */
const GREETINGS: readonly string[] = [
  ...["hi", "hii", "hiya", "hello", "helo", "hey", "heya", "yo", "hi there", "hello there", "hey there"],
  ...["good morning", "good afternoon", "good evening", "good day", "greetings", "dear sir", "dear madam"],
  ...["hallo", "moin", "guten tag", "hola", "buenos dias", "ola", "oi", "bom dia", "boa tarde"],
  ...["bonjour", "salut", "ciao", "salve", "hej", "namaste", "salam"],
];

/** What a code is called when it is handed over, in plain letters. */
const NAMES: readonly string[] = ["code", "codes", "handle", "codigo", "kod", "kode"];

/** What may stand before its name: `here is the code`. */
const BEFORE = "(?:(?:here is|heres|here s|this is|it is|its|it s|for|with) )?(?:(?:the|my|your|this) )?";

const GREETING = GREETINGS.join("|");
const HANDED_OVER = `${BEFORE}(?:${NAMES.join("|")})(?: is)?`;

const INTRODUCTION = new RegExp(
  `^(?:(?:${GREETING})(?: |$))*(?:${HANDED_OVER}(?: |$))?(?:(?:${GREETING})(?: |$))*$`,
);

/** Longer than any of them. */
const LONGEST = 60;

/**
 * Whether what stands beside a code says nothing by itself: a greeting, what the code is called, marks. `Hi! Code:` is such,
 * `Hi, is it there?` isn't.
 */
export function isIntroduction(text: string): boolean {
  if (text.length > LONGEST) return false;
  const plain = text.normalize("NFKD").toLowerCase();
  const words = plain
    .replace(/\p{M}/gu, "")
    .replace(/\u{1f44b}[\u{1f3fb}-\u{1f3ff}]?|[\p{P}\p{Cf}\s]/gu, " ");
  return INTRODUCTION.test(words.replace(/ +/g, " ").trim());
}
