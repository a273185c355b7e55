import fc from "fast-check";
import { getCountries, getExampleNumber, parsePhoneNumberFromString } from "libphonenumber-js/min";
import examples from "libphonenumber-js/mobile/examples";

/** A text that gives a phone number away, and what of it does. */
export interface Disguised {
  readonly text: string;
  readonly number: string;
  /** Whose national numbers the guard is told to know. */
  readonly country: string;
}

/** A number as its network, its country and everybody else write it. */
interface Written {
  readonly digits: string;
  readonly national: string;
  readonly international: string;
}

const WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
const ZEROS = ["٠", "۰", "०", "๐", "０", "𝟎", "᠐"];
const PARTED = ["-", ".", " - ", "/", " / ", "_", "  "];
const FILLED = [" then ", " dash ", " and ", " ... ", " 👉 ", ", ", ")(", "\n"];
const AROUND = [
  "you can reach me under % from six",
  "% is where I am",
  "the bike is fine, % bye",
  "ok! %",
  "% (after work)",
  "come at 5, %, thanks",
  "I'm in flat 12. % if you can't find it",
];

/** Mobile numbers of all countries that have at least 7 digits, their last four at random, no year and no round number. */
const numbers = fc
  .tuple(fc.constantFrom(...getCountries()), fc.integer({ min: 0, max: 9_999 }))
  .map(([country, last]) => {
    const example = getExampleNumber(country, examples)?.number ?? "";
    const end = last % 100 === 0 || (last >= 1_900 && last < 2_100) ? 5_731 : last;
    const number = parsePhoneNumberFromString(example.slice(0, -4) + String(end).padStart(4, "0"), country);
    return { country, number };
  })
  .filter(({ number }) => number?.isValid() === true && number.nationalNumber.length >= 7)
  .map(({ country, number }) => ({
    country,
    digits: number?.number.slice(1) ?? "",
    national: number?.formatNational() ?? "",
    international: number?.formatInternational() ?? "",
  }));

/** Ways to write a number, by their names. What a disguise needs at random it takes from `pick`. */
const DISGUISES: Readonly<Record<string, (number: Written, pick: (most: number) => number) => string>> = {
  "in E.164": ({ digits }) => `+${digits}`,
  "as the world writes it": ({ international }) => international,
  "as its country writes it": ({ national }) => national,
  "with two zeros for the plus": ({ digits }) => `00${digits}`,
  "as in a chat link": ({ digits }) => digits,
  "without spaces": ({ national }) => onlyDigits(national),
  "with other separators": ({ international }, pick) =>
    international.replaceAll(" ", at(PARTED, pick(PARTED.length))),
  "with other separators at home": ({ national }, pick) =>
    national.replace(/^\D+/, "").replace(/\D+/g, at(PARTED, pick(PARTED.length))),
  "digit by digit": ({ digits }, pick) => `+${[...digits].join(at(PARTED, pick(PARTED.length)))}`,
  "digit by digit at home": ({ national }) => [...onlyDigits(national)].join(" "),
  "in words": ({ digits }, pick) => `plus ${inWords(digits, pick)}`,
  "in words at home": ({ national }, pick) => inWords(onlyDigits(national), pick),
  "in the digits of another script": ({ international }, pick) => {
    const zero = at(ZEROS, pick(ZEROS.length)).codePointAt(0) ?? 0;
    return international.replace(/\d/g, (digit) => String.fromCodePoint(zero + Number(digit)));
  },
  "in keycaps": ({ digits }) => `+${digits}`.replace(/\d/g, "$&\ufe0f\u20e3"),
  "with invisible characters": ({ digits }) => `+${[...digits].join("\u200b")}`,
  "with letters for zeros and ones": ({ national }) =>
    // The last digit of a group stays: "10l" is rather ten litres.
    national.replace(/0(?=\d)/g, "O").replace(/1(?=\d)/g, "l"),
  "with fillers": ({ international }, pick) => international.replaceAll(" ", at(FILLED, pick(FILLED.length))),
};

/** The names of the disguises. */
export const disguiseNames: readonly string[] = Object.keys(DISGUISES);

/** Random numbers in one disguise, in the middle of a sentence. */
export function disguised(name: string): fc.Arbitrary<Disguised> {
  return fc
    .tuple(numbers, fc.infiniteStream(fc.nat()), fc.constantFrom(...AROUND))
    .map(([number, draws, around]) => {
      const pick = (most: number): number => (draws.next().value ?? 0) % most;
      const written = DISGUISES[name]?.(number, pick) ?? "";
      return { text: around.replace("%", () => written), number: written, country: number.country };
    });
}

function inWords(digits: string, pick: (most: number) => number): string {
  const words: string[] = [];
  for (let index = 0; index < digits.length; index++) {
    const digit = digits.charAt(index);
    const isDouble = digits.charAt(index + 1) === digit && pick(2) === 0;
    const word = digit === "0" && pick(2) === 0 ? "oh" : at(WORDS, Number(digit));
    words.push(isDouble ? `double ${word}` : word);
    if (isDouble) index++;
  }
  return words.join(at([" ", ", ", "-", " - "], pick(4)));
}

function onlyDigits(text: string): string {
  return text.replace(/\D/g, "");
}

function at(list: readonly string[], index: number): string {
  return list[index] ?? "";
}
