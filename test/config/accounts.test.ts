import { describe, expect, it } from "vitest";
import { change, errors } from "./loading.ts";

describe("an account with problems hides none of the others", () => {
  const cases: readonly [name: string, text: string, lines: readonly string[]][] = [
    [
      "a network that isn't there, and all else that is wrong in its account and in the pairs that need it",
      change("network: sms", "network: smss")
        .replace(/ {8}port: 2775\n/, "")
        .replace('"+1 (555) 0123"', '"555"')
        .replace('number: "+15550111"', 'number: "+15550199"'),
      [
        ':8:14: accounts.sms-main.network: found a text of 4 characters, expected a network: matrix or sms (did you mean "sms"?)',
        ":11:9: accounts.sms-main.links[0].port: found nothing, expected a number",
        ":15:10: pairs[0].sms: found a text of 3 characters, expected an address on sms",
        ":17:13: pairs[0].number: found a text of 9 characters, expected one of the numbers of sms-main",
      ],
    ],
    [
      "a network that nobody can guess, and addresses in the pairs that need its account",
      change("network: sms", "network: pigeon")
        .replace("@Alice:example.org", "alice")
        .replace("5550123", "5"),
      [
        ":8:14: accounts.sms-main.network: found a text of 6 characters, expected a network: matrix or sms",
        ":15:13: pairs[0].matrix: found a text of 5 characters, expected an address on matrix",
      ],
    ],
    [
      "a network that nobody can guess, of an account that a pair names for one of its parties",
      change("network: sms", "network: pigeon").replace("account: sms-main", "smsAccount: sms-main"),
      [":8:14: accounts.sms-main.network: found a text of 6 characters, expected a network: matrix or sms"],
    ],
    [
      "no network, and what is wrong in pairs that name no account",
      change("    network: sms\n", "")
        .replace(/ {4}account: sms-main\n {4}number: .*\n/, "")
        .replace('"+1 (555) 0123"', '"555"')
        .replace("matrix: Ana, ", ""),
      [
        ":7:3: accounts.sms-main.network: found nothing, expected a network: matrix or sms",
        ":15:10: pairs[0].sms: found a text of 3 characters, expected an address on sms",
        ":16:5: pairs[0].names.matrix: found nothing, expected the name that this party is seen under by the other",
      ],
    ],
    [
      "pairs that contradict each other, although their account is wrong",
      `${change("network: sms", "network: smss")}  - {matrix: "@bob:example.org", sms: "+15550123", number: "+15550111", names: {matrix: Bob, sms: Mia}}\n`,
      [
        ':8:14: accounts.sms-main.network: found a text of 4 characters, expected a network: matrix or sms (did you mean "sms"?)',
        ":20:60: pairs[1].number: found the same sms address and number as in pairs[0] in line 18, expected another number for each conversation of one phone",
      ],
    ],
    [
      "numbers of an account that aren't known, of which none is missed",
      change('numbers: ["+1 555 0111", "+15550112"]', "numbers: 5"),
      [":9:14: accounts.sms-main.numbers: found a number, expected a list"],
    ],
    [
      "two accounts for a party that names none, although one of them is wrong",
      `${change("pairs:", "  sms-two:\n    network: sms\n    numbers: []\n    links: []\npairs:").replace(/ {4}account: sms-main\n {4}number: .*\n/, "")}`,
      [
        ":16:5: accounts.sms-two.numbers: found an empty list, expected a list of at least 1",
        ":17:5: accounts.sms-two.links: found an empty list, expected a list of at least 1",
        ':20:10: pairs[0].sms: found 2 accounts of sms, expected "account" or "smsAccount" to name one of them',
      ],
    ],
    [
      "an account that has a number for its name, which isn't shown as what may have been meant either",
      change("  sms-main:", '  "15550123456":').replace("account: sms-main", 'account: "15550123457"'),
      [
        ":7:3: accounts.<a key of 11 characters>: found a text of 11 characters as the account's name, expected 1 to 32 lower-case letters, digits or dashes, a letter first, and no phone number",
        ":17:14: pairs[0].account: found an unknown account, expected one of matrix, <a key of 11 characters>",
      ],
    ],
    [
      "numbers of an account that has none, where a pair needs one",
      change('numbers: ["+1 555 0111", "+15550112"]', "numbers: []").replace(/ {4}number: .*\n/, ""),
      [":9:5: accounts.sms-main.numbers: found an empty list, expected a list of at least 1"],
    ],
  ];
  it.each(cases)("%s", (_, text, lines) => {
    expect(errors(text)).toEqual(lines);
  });
});
