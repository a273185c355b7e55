import type { Target } from "../model/command.ts";
import { LONGEST_LABEL, LONGEST_NAME } from "../model/handle.ts";
import type { NetworkName } from "../model/ids.ts";
import type { UsageProblem } from "../model/texts.ts";
import type { Milliseconds } from "../model/time.ts";
import { printLifetime, splitLifetime } from "./lifetime.ts";
import type { Place } from "./place.ts";
import { withoutQuotes } from "./tidy.ts";

/** What came of reading arguments. */
type Read<A> = { readonly value: A } | { readonly problem: UsageProblem };

/** How a command's arguments are written. `read(write(value))` is the value. */
export interface Syntax<A> {
  /** As help shows it: `LABEL [for 30d]`. */
  readonly shape: string;
  /** As somebody would type it: `bike for 30d`. */
  readonly example: string;
  /** @param text what stands behind the command's words: tidy, on one line, often empty */
  read(text: string, place: Place): Read<A>;
  write(value: A): string;
}

/** What others are called may be a label, with a number where two look alike. */
const LONGEST_CALLED = LONGEST_LABEL + 4;
const MOST_WORDS_OF_A_NAME = 4;

const SHAPE = { problem: { kind: "shape" } } as const;

/** No arguments. */
export const nothing: Syntax<unknown> = {
  shape: "",
  example: "",
  read: (text) => (text === "" ? { value: {} } : SHAPE),
  write: () => "",
};

/** A handle's label, and how long it is to last. */
export const labelAndLifetime: Syntax<{
  readonly label: string;
  readonly lifetime: Milliseconds | undefined;
}> = {
  shape: "LABEL [for 30d]",
  example: "bike for 30d",
  read: (text) => {
    const { before, lifetime } = splitLifetime(text);
    const label = readLabel(before);
    if ("problem" in label) return label;
    if (lifetime === "unreadable") return { problem: { kind: "lifetime" } };
    return { value: { label: label.value, lifetime } };
  },
  write: ({ label, lifetime }) => (lifetime === undefined ? label : `${label} ${printLifetime(lifetime)}`),
};

/** A handle's label. */
export const label: Syntax<{ readonly label: string }> = {
  shape: "LABEL",
  example: "bike",
  read: (text) => {
    const read = readLabel(text);
    return "problem" in read ? read : { value: { label: read.value } };
  },
  write: (value) => value.label,
};

/** `sms`, `sms 42`, `matrix @al`: the hint says which when there are several. */
export const account: Syntax<{
  readonly network: NetworkName | undefined;
  readonly hint: string | undefined;
}> = {
  shape: "[NETWORK]",
  example: "sms",
  read: (text, place) => {
    const [network, hint, ...more] = wordsOf(text);
    if (network === undefined) return { value: { network: undefined, hint: undefined } };
    const read =
      hint === undefined ? undefined : /^[·.*-]{0,3}(\d{2}|@[a-z0-9._=/+-]{1,2})$/i.exec(hint)?.[1];
    if (more.length > 0 || (hint !== undefined && read === undefined)) return SHAPE;
    const known = networkOf(network, place);
    return known === undefined
      ? unknownNetwork(network, place)
      : { value: { network: known, hint: read?.toLowerCase() } };
  },
  write: ({ network, hint }) => [network, hint].filter((word) => word !== undefined).join(" "),
};

/** In order; none: where the person last wrote from. */
export const preference: Syntax<{ readonly networks: readonly NetworkName[] }> = {
  shape: "NETWORK, NETWORK",
  example: "matrix, sms",
  read: (text, place) => {
    const words = wordsOf(text.replaceAll(/[,>]/g, " ")).filter((word) => !/^(?:then|and)$/i.test(word));
    const [first] = words;
    if (first === undefined) return { problem: { kind: "missing", what: "network" } };
    if (words.length === 1 && /^last$/i.test(first)) return { value: { networks: [] } };
    const networks = words.flatMap((word) => networkOf(word, place) ?? []);
    if (networks.length === words.length) return { value: { networks: [...new Set(networks)] } };
    const unknown = words.find((word) => networkOf(word, place) === undefined) ?? first;
    return networks.length > 0 || words.length === 1 ? unknownNetwork(unknown, place) : SHAPE;
  },
  write: ({ networks }) => (networks.length === 0 ? "last" : networks.join(", ")),
};

/** Somebody's name, or nobody's: then it is about the conversation in which it is typed. */
export const target: Syntax<{ readonly target: Target }> = {
  shape: "[NAME]",
  example: "Amber Fox",
  read: (text, place) => {
    if (text === "" && place.kind !== "desk") return { value: { target: { kind: "here" } } };
    const name = readName(text, LONGEST_CALLED);
    return "problem" in name ? name : { value: { target: { kind: "person", name: name.value } } };
  },
  write: (value) => (value.target.kind === "here" ? "" : value.target.name),
};

/** Likewise, or the number of a request. */
export const targetOrRequest: Syntax<{
  readonly target: Target | { readonly kind: "request"; readonly request: number };
}> = {
  shape: "[NAME]",
  example: "Amber Fox",
  read: (text, place) => {
    const request = requestNumber(text);
    if (request === undefined) return target.read(text, place);
    return place.kind === "conversation" ? SHAPE : { value: { target: { kind: "request", request } } };
  },
  write: (value) =>
    value.target.kind === "request" ? String(value.target.request) : target.write({ target: value.target }),
};

/** The name that somebody takes. */
export const name = called(LONGEST_NAME);

/** Another's name. */
export const other = called(LONGEST_CALLED);

function called(most: number): Syntax<{ readonly name: string }> {
  return {
    shape: "NAME",
    example: "Ana",
    read: (text) => {
      const read = readName(text, most);
      return "problem" in read ? read : { value: { name: read.value } };
    },
    write: (value) => value.name,
  };
}

/** Of a request; none when there is only one. */
export const optionalNumber: Syntax<{ readonly request: number | undefined }> = {
  shape: "[NUMBER]",
  example: "1",
  read: (text) => {
    const request = requestNumber(text);
    return text !== "" && request === undefined ? SHAPE : { value: { request } };
  },
  write: ({ request }) => (request === undefined ? "" : String(request)),
};

/** A switch. */
export const onOff: Syntax<{ readonly on: boolean }> = {
  shape: "on|off",
  example: "off",
  read: (text) => {
    if (text === "") return { problem: { kind: "missing", what: "switch" } };
    return /^o(?:n|ff)$/i.test(text) ? { value: { on: text.toLowerCase() === "on" } } : SHAPE;
  },
  write: ({ on }) => (on ? "on" : "off"),
};

/** The words of a command. */
export const about: Syntax<{ readonly about: string | undefined }> = {
  shape: "[COMMAND]",
  example: "handle",
  read: (text) => {
    const words = text.toLowerCase().replace(/^\//, "");
    return wordsOf(words).length > 2 ? SHAPE : { value: { about: words === "" ? undefined : words } };
  },
  write: (value) => value.about ?? "",
};

function readLabel(text: string): Read<string> {
  const read = withoutQuotes(text);
  if (read === "") return { problem: { kind: "missing", what: "label" } };
  if (/["“”„«»\p{Cc}]/u.test(read)) return { problem: { kind: "label-characters" } };
  if (/@|:\/\/|\bwww\.|(?:\d[\s().\-/]{0,3}){7}/i.test(read)) return { problem: { kind: "label-address" } };
  if ([...read].length > LONGEST_LABEL) return { problem: { kind: "label-length", most: LONGEST_LABEL } };
  return { value: read };
}

/** As it was shown, maybe with the label: `Ana · bike`, on SMS `Ana - bike`. */
function readName(text: string, most: number): Read<string> {
  const read = withoutQuotes(text).replace(/ [·-] .*$/, "");
  if (read === "") return { problem: { kind: "missing", what: "name" } };
  if (!/^[\p{L}\p{M}\p{N}\p{Join_Control} '’.-]+$/u.test(read) || !/\p{L}/u.test(read))
    return { problem: { kind: "name-characters" } };
  if ([...read].length > most || wordsOf(read).length > MOST_WORDS_OF_A_NAME)
    return { problem: { kind: "name-length", most } };
  return { value: read };
}

function requestNumber(text: string): number | undefined {
  const digits = /^#?(\d{1,4})$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function wordsOf(text: string): readonly string[] {
  return text.split(" ").filter((word) => word !== "");
}

function networkOf(word: string, { networks }: Place): NetworkName | undefined {
  const wanted = word.toLowerCase();
  return networks.find(({ network }) => network === wanted)?.network;
}

/** A longer word isn't repeated: it is no slip, and texts about it are to stay short. */
const LONGEST_REPEATED = 16;

function unknownNetwork(word: string, { networks }: Place): Read<never> {
  const known = networks.map(({ network }) => network);
  return { problem: { kind: "network", word: [...word].slice(0, LONGEST_REPEATED).join(""), known } };
}
