import type { DeskRecord, Question } from "../model/conversation.ts";
import type { RequestAnswer } from "../model/errand.ts";
import { digitsOf, type Option, optionsOf, REACTIONS } from "./options.ts";
import { tidy, withoutEndMarks } from "./tidy.ts";

/** What can be answered in a chat. */
export interface Answerable {
  /** The last thing that the bridge asked there, while it is open. */
  readonly question: Question | undefined;
  /** The desk's open requests; undefined in a conversation, where there are none. */
  readonly desk: Pick<DeskRecord, "requests" | "lastRequest"> | undefined;
  /** Whether words (`yes`, `accept`) answer as well: only where nobody else would read them. */
  readonly words: boolean;
}

/** As phones type them. */
const APOSTROPHES = /[’‘ʼ´`]/g;

type QuestionOf<Kind extends Question["kind"]> = Extract<Question, { readonly kind: Kind }>;

/** What an answer says. */
export type Answer =
  | { readonly kind: "request"; readonly request: number; readonly answer: RequestAnswer }
  | {
      readonly kind: "yes-no";
      readonly question: QuestionOf<"send-again" | "join-link" | "confirm-link" | "forget-me">;
      readonly yes: boolean;
    }
  | {
      readonly kind: "guard";
      readonly question: QuestionOf<"guard">;
      readonly answer: "send" | "drop" | "always";
    }
  /** `choice`: the place in the question's list, from 0. */
  | { readonly kind: "whom"; readonly question: QuestionOf<"whom">; readonly choice: number }
  /** It answers a request, and doesn't say which of several: they are shown. */
  | { readonly kind: "which-request" }
  /** It answers a request that isn't open, or was never there. */
  | { readonly kind: "no-such-request"; readonly request: number };

/**
 * Reads a text as an answer; undefined when it is none. A bare number answers the last question, else the only open request;
 * `1 accept` and `accept 1` answer a request at any time. Nothing is guessed: what could answer two things answers neither.
 */
export function readAnswer(text: string, open: Answerable): Answer | undefined {
  const said = withoutEndMarks(digitsOf(tidy(text)))
    .toLowerCase()
    .replace(APOSTROPHES, "'");
  if (said.length > 40) return undefined; // longer than any of them
  const bare = /^(\d{1,4})[)\]]?$/.exec(said)?.[1];
  if (bare !== undefined) return byNumber(Number(bare), open);
  const [, number, option] = /^(\d{1,4}) ?[).:·-]* ([a-z' ]+)$/.exec(said) ?? [];
  if (number !== undefined && option !== undefined) return byBoth(Number(number), option, open);
  const [, word, request] = /^([a-z]+) (?:request )?#?(\d{1,4})$/.exec(said) ?? [];
  const answer = REQUEST_ANSWERS.find((each) => each === word);
  if (answer !== undefined) return open.desk && answerRequest(answer, Number(request), open.desk);
  return open.words ? byWord(said, open) : byMenu(said, open);
}

/**
 * Reads a reaction to a message of the bridge that asked `question`; undefined when it says nothing about it. Whether the
 * question is still open is the caller's to know, but for requests.
 */
export function readReaction(
  emoji: string,
  question: Question,
  desk: Answerable["desk"],
): Answer | undefined {
  const plain = emoji.replace(/[\ufe0f\u{1f3fb}-\u{1f3ff}]/gu, "");
  const number = /^([1-9])\u20e3$/u.exec(plain)?.[1];
  const options = optionsOf(question);
  if (number !== undefined) return byOption(options[Number(number) - 1], question, desk);
  const meant = REACTIONS.get(plain) ?? [];
  return byOption(
    options.find(({ name }) => meant.some((each) => each === name)),
    question,
    desk,
  );
}

/**
 * The answer to a request that a command gives (`accept`, `block 2`).
 * @param request undefined: the only one
 */
export function answerRequest(
  answer: RequestAnswer,
  request: number | undefined,
  desk: NonNullable<Answerable["desk"]>,
): Answer | undefined {
  const [first, ...others] = desk.requests;
  if (request !== undefined) {
    return desk.requests.some(({ number }) => number === request)
      ? { kind: "request", request, answer }
      : { kind: "no-such-request", request };
  }
  if (first === undefined) return undefined;
  return others.length > 0 ? { kind: "which-request" } : { kind: "request", request: first.number, answer };
}

/** A number alone. */
function byNumber(number: number, { question, desk, words }: Answerable): Answer | undefined {
  if (question !== undefined && question.kind !== "request")
    return byOption(optionsOf(question)[number - 1], question, desk);
  if (desk === undefined) return undefined;
  if (question !== undefined && desk.requests.every((request) => request.number !== question.request))
    return number <= REQUEST_ANSWERS.length
      ? { kind: "no-such-request", request: question.request }
      : undefined;
  const answer = REQUEST_ANSWERS[number - 1];
  if (desk.requests.length === 1) return answer && answerRequest(answer, undefined, desk);
  const isMeant = question !== undefined || words;
  const isOne = answer !== undefined || desk.requests.some((request) => request.number === number);
  return isMeant && isOne && desk.requests.length > 1 ? { kind: "which-request" } : undefined;
}

/** `1 accept`, `2 no`. */
function byBoth(number: number, word: string, { question, desk }: Answerable): Answer | undefined {
  const answer = desk && REQUEST_ANSWERS.find((each) => each === word);
  if (answer !== undefined) return desk && byRequest(number, answer, desk);
  if (question === undefined || question.kind === "request") return undefined;
  const option = optionsOf(question)[number - 1];
  return option?.words.includes(word) ? byOption(option, question, desk) : undefined;
}

/**
 * `2 decline` is request 2, or what the menu of the only request says. It is taken for the latter only if no request ever had
 * that number: an answer that comes late must not go to another request.
 */
function byRequest(
  number: number,
  answer: RequestAnswer,
  desk: NonNullable<Answerable["desk"]>,
): Answer | undefined {
  const isOfMenu = desk.requests.length === 1 && number > desk.lastRequest;
  if (isOfMenu && REQUEST_ANSWERS[number - 1] === answer) return answerRequest(answer, undefined, desk);
  return answerRequest(answer, number, desk);
}

function byWord(said: string, { question, desk }: Answerable): Answer | undefined {
  if (question !== undefined && question.kind !== "request") {
    const option = optionsOf(question).find(({ words }) => words.includes(said));
    if (option !== undefined) return byOption(option, question, desk);
  }
  const named = REQUEST_ANSWERS.find((answer) => answer === said);
  if (named !== undefined) return desk && answerRequest(named, undefined, desk);
  if (question?.kind !== "request") return undefined;
  const option = optionsOf(question).find(({ words }) => words.includes(said));
  if (option === undefined || desk === undefined) return undefined;
  return desk.requests.length > 1 ? { kind: "which-request" } : byOption(option, question, desk);
}

/** The guard's own words answer it everywhere: nobody else reads them while it waits, and its menu shows them. */
function byMenu(said: string, { question, desk }: Answerable): Answer | undefined {
  if (question?.kind !== "guard") return undefined;
  const option = optionsOf(question).find(({ words: [shown = ""] }) =>
    [shown, shown.replace("'", "")].includes(said),
  );
  return byOption(option, question, desk);
}

const REQUEST_ANSWERS: readonly RequestAnswer[] = ["accept", "decline", "block"];

function byOption(
  option: Option | undefined,
  question: Question,
  desk: Answerable["desk"],
): Answer | undefined {
  if (option === undefined) return undefined;
  const { name } = option;
  switch (question.kind) {
    case "request": {
      const answer = REQUEST_ANSWERS.find((each) => each === name);
      return answer && desk && answerRequest(answer, question.request, desk);
    }
    case "whom":
      return { kind: "whom", question, choice: option.index };
    case "guard":
      return { kind: "guard", question, answer: name === "yes" ? "send" : name === "always" ? name : "drop" };
    case "first-text":
      return undefined; // has no options: whatever is written is the answer
    default:
      return { kind: "yes-no", question, yes: name === "yes" };
  }
}
