import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matrixDoor } from "../../adapters/matrix/door.ts";
import { smsDoor } from "../../adapters/sms/door.ts";
import { whatsAppDoor } from "../../adapters/whatsapp/door.ts";
import { formatHandleCode, newHandleCode } from "../../src/consent/handle-code.ts";
import { frontDoors, pasteLinks } from "../../src/consent/paste-lines.ts";
import type { ConfiguredDoor } from "../../src/model/front-door.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { createRandom } from "../../src/observe/random.ts";
import {
  countryOf,
  findGivenAway,
  type GivenAway,
  type GivenAwayKind,
  type GuardOptions,
  hintOf,
  maskGivenAway,
} from "../../src/privacy/content-guard.ts";
import { disguised, disguiseNames } from "./disguised-numbers.ts";
import { ORDINARY } from "./marketplace-sentences.ts";

/** What is found, as the text that it stands on. */
const found = (text: string, options?: GuardOptions): string[] =>
  findGivenAway(text, options).map(({ start, end }) => text.slice(start, end));
const kinds = (text: string, options?: GuardOptions): GivenAwayKind[] =>
  findGivenAway(text, options).map(({ kind }) => kind);

describe("a phone number is found", () => {
  test.each([
    ["07700 900123", "GB"],
    ["07700900123", "GB"],
    ["(07700) 900-123", "GB"],
    ["07700 900123", undefined],
    ["+44 7700 900123", undefined],
    ["+44 (0)7700 900123", undefined],
    ["＋44 7700 900123", undefined],
    ["0044 7700 900 123", "GB"],
    ["447911123456", undefined],
    ["+1 555 0100", undefined],
    ["(201) 555-0123", undefined],
    ["1-800-555-0199", undefined],
    ["2015550123", "US"],
    ["06 12 34 56 78", "FR"],
    ["06.12.34.56.78", undefined],
    ["912 345 678", "PT"],
    ["20 30 40 51", "DK"],
    ["8123 4567", "SG"],
    ["0151/23456789", "DE"],
    ["98765 43210", "IN"],
    ["8 (912) 345-67-89", "RU"],
    ["138 0013 8000", "CN"],
    ["(11) 91234-5678", "BR"],
    ["090-1234-5678", "JP"],
  ])("%s, in %s", (number, country) => {
    const text = `ok, ${number} then`;
    const options = country === undefined ? {} : { country };
    expect(found(text, options)).toEqual([number]);
    expect(kinds(text, options)).toEqual(["phone"]);
  });

  test.each([
    ["call me 07700 - 900 - 123"],
    ["my number is 7700 900123"],
    ["555 0123 is my number"],
    ["text me, 7700900123"],
    ["tel07700900123"],
    ["WhatsApp 912 345 678"],
    ["my WhatsApp id: 912345678"],
    ["ruf an: 151 234 567"],
    ["llámame al 612 34 56 78"],
    ["O77OO 9OO l23"],
    ["077oo9oo123"],
    ["07700x900x123"],
    ["07700 then 900 then 123"],
    ["07700\n900\n123"],
    ["٠٧٧٠٠ ٩٠٠ ١٢٣"],
    ["0️⃣7️⃣7️⃣0️⃣0️⃣9️⃣0️⃣0️⃣1️⃣2️⃣3️⃣"],
    ["plus four four seven seven double oh nine double oh one two three"],
    ["zero seven seven double zero nine hundred one twenty-three"],
    ["0 double 7 double 0 nine 0 0 one two three"],
    ["mi número: seis uno dos tres cuatro cinco seis siete ocho"],
    ["null eins fünf eins zwei drei vier fünf sechs sieben acht"],
    ["zéro six un deux trois quatre cinq six sept huit"],
  ])("%j, without a country", (text) => {
    expect(kinds(text)).toEqual(["phone"]);
  });

  test.each(disguiseNames)("whichever, %s", (name) => {
    fc.assert(
      fc.property(disguised(name), ({ text, number, country }) => {
        const start = text.indexOf(number);
        const covered = findGivenAway(text, { country }).some(
          (one) => one.kind === "phone" && one.start <= start + 1 && one.end >= start + number.length - 1,
        );
        expect(covered, `missed in ${country}`).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test("each of several", () => {
    expect(found("07700 900123 or 07700 900456, else +351 912 345 678")).toEqual([
      "07700 900123",
      "07700 900456",
      "+351 912 345 678",
    ]);
  });

  test("beside numbers of other kinds", () => {
    const text = "45 euros on 12/05/2024 at 18:30, flat 12, IBAN DE89 3704 0044 0532 0130 00 or 07911 123456";
    expect(found(text, { country: "GB" })).toEqual(["07911 123456"]);
  });

  test.each([
    ["912345678 2 lamps", "912345678", "PT"],
    ["size 38 912345678", "912345678", "PT"],
    ["912345678 try it", "912345678", "PT"],
    ["71 124 763", "71 124 763", "BW"],
    ["581 2345", "581 2345", "IS"],
    ["write to oI0 Ol234878 please", "oI0 Ol234878", "EG"],
    ["+44 7700 900123 +44 7700 900124", "+44 7700 900123", "GB"],
  ])("in %j: %j, from %s", (text, number, country) => {
    expect(found(text, { country })[0]).toBe(number);
  });

  test("where it stands in the text that was sent, not as it is read", () => {
    const text = "𝓬𝓪𝓵𝓵 e\u0301 ＋４４\u200b ７７００ ９００１２３ ok";
    expect(found(text)).toEqual(["＋４４\u200b ７７００ ９００１２３"]);
  });
});

describe("a mail address is found", () => {
  test.each([
    ["ana@example.org"],
    ["ana.silva+bike@mail.example.co.uk"],
    ["ana@exämple.de"],
    ["ａｎａ＠ｅｘａｍｐｌｅ．ｃｏｍ"],
    ["a\u200bna@exa\u200bmple.com"],
    ["ana @ example . com"],
    ["ana@example .com"],
    ["ana(at)example.com"],
    ["ana [at] example [dot] com"],
    ["ana_at_example_dot_com"],
    ["ana at example dot com"],
    ["ana dot silva at mail dot example dot org"],
    ["ana arroba example punto com"],
    ["ana at gmail"],
    ["ana at gmail.com"],
  ])("%j", (address) => {
    expect(found(`write ${address} please`)).toEqual([address]);
    expect(kinds(`write ${address} please`)).toEqual(["email"]);
  });

  test("even one with an everyday name, after the word mail", () => {
    expect(found("my email is work at gmail dot com")).toEqual(["work at gmail dot com"]);
  });
});

describe("an id or a link to a chat is found", () => {
  test.each<[GivenAwayKind, string]>([
    ["mxid", "@ana:example.org"],
    ["mxid", "@ana:matrix.example.org:8448"],
    ["mxid", "@ana:localhost"],
    ["mxid", "@ana:[2001:db8::1]"],
    ["mxid", "at ana colon example dot org"],
    ["jid", "447700900123@s.whatsapp.net"],
    ["jid", "447700900123:12@s.whatsapp.net"],
    ["jid", "120363-44@g.us"],
    ["jid", "123456789012345@lid"],
    ["link", "https://wa.me/447700900123?text=hi"],
    ["link", "wa.me/447700900123"],
    ["link", "WA.ME/message/ABCDEF"],
    ["link", "wa dot me slash 447700900123"],
    ["link", "https://api.whatsapp.com/send?phone=447700900123"],
    ["link", "https://chat.whatsapp.com/AbCdEf"],
    ["link", "t.me/ana_k"],
    ["link", "https://t.me/+AbCdEf"],
    ["link", "t . me / ana_k"],
    ["link", "tg://resolve?domain=ana"],
    ["link", "m.me/ana.k"],
    ["link", "https://signal.me/#p/+447700900123"],
    ["link", "https://matrix.to/#/@ana:example.org"],
    ["link", "https://matrix.to/#/%40ana%3Aexample.org"],
    ["link", "matrix:u/ana:example.org"],
    ["link", "tel:+447700900123"],
    ["link", "mailto:ana@example.org"],
    ["card", "BEGIN:VCARD\nVERSION:4.0\nFN:Ana\nTEL:+447700900123\nEND:VCARD"],
    ["card", "MECARD:N:Ana;TEL:07700900123;;"],
  ])("%s: %j", (kind, text) => {
    expect(findGivenAway(`see ${text}`)).toEqual([{ kind, start: 4, end: 4 + text.length }]);
  });

  test("without the full stop after it", () => {
    expect(found("I'm on t.me/ana_k.")).toEqual(["t.me/ana_k"]);
  });

  test("a card without its end is one to the end of the text", () => {
    expect(findGivenAway("begin:vcard\ntel:07700900123")).toMatchObject([{ kind: "card", start: 0 }]);
  });
});

describe("nothing is found", () => {
  // Countries with long and short numbers, with and without a zero before them, and none.
  const COUNTRIES = [
    ..."GB US DE FR ES PT IT NL BE CH AT DK NO SE FI PL CZ HU GR RO IE TR UA RU".split(" "),
    ..."BR MX AR IN CN JP KR SG HK AU NZ ZA NG KE AE SA IS EE LV MT PA TO BW IR MW".split(" "),
  ];

  test.each(["", ...COUNTRIES])("in what people write about a sale, from %s", (country) => {
    const options = country === "" ? {} : { country };
    expect(ORDINARY.filter((sentence) => findGivenAway(sentence, options).length > 0)).toEqual([]);
  });

  test.each([
    ["a large number", "23 456 789", "DK"],
    ["a number in millions", "250 000 000", "PT"],
    ["a sum", "1200000 + 35000000", "US"],
    ["sizes", "36 38 41 42", "DK"],
    ["sizes that somebody asks for", "text me the sizes 36, 44, 39, 52 please", "DK"],
    ["numbers at equal distances", "20 30 40 50", "DK"],
    ["two round numbers", "2000 2100", "SG"],
    ["a number that ends short", "236 100 58", "DK"],
    ["scattered digits", "9 12 3 4 56 7 8", "PT"],
    ["a postcode", "1200-123", "IR"],
    ["nine digits without the zero of their country", "612345678", "FR"],
    ["a number with its name", "order 912345678", "PT"],
    ["a price", "912 345 678 euros", "PT"],
  ])("in %s: %s, from %s", (_, text, country) => {
    expect(findGivenAway(text, { country })).toEqual([]);
  });

  test("in a handle's code, however it is typed", () => {
    const random = createRandom();
    for (let count = 0; count < 300; count++) {
      const code = newHandleCode(random);
      const shown = formatHandleCode(code);
      const typed = [code, shown, shown.toUpperCase(), shown.replaceAll("-", " "), `send ${shown} to us`];
      expect(typed.filter((text) => findGivenAway(text, { country: "DK" }).length > 0)).toEqual([]);
    }
  });

  test("in the bridge's own doors, as people paste them from their handle", () => {
    const doors: readonly ConfiguredDoor[] = [
      smsDoor("+15550100"),
      whatsAppDoor("+351912345678"),
      matrixDoor("@footbridge:example.org"),
    ];
    const ours = doors.map((door) => ("number" in door ? door.number : door.user));
    const lines = [
      ...pasteLinks(doors, "k3v9-7qxm-4t"),
      ...frontDoors(doors).flatMap((door) =>
        "number" in door ? door.number : "url" in door ? door.url : door.user,
      ),
      "Text k3v9-7qxm-4t to +1 555 0100",
      "WhatsApp: https://wa.me/351912345678?text=k3v9-7qxm-4t",
      "Matrix: message @footbridge:example.org and send k3v9-7qxm-4t",
    ];
    expect(lines.filter((line) => findGivenAway(line, { ours, country: "US" }).length > 0)).toEqual([]);
    expect(lines.filter((line) => findGivenAway(line).length === 0)).toEqual([]);
    expect(kinds("not @footbridge:example.org.uk or +1 555 0101", { ours })).toEqual(["mxid", "phone"]);
  });

  test("in an empty text, and in halves of characters", () => {
    expect(findGivenAway("")).toEqual([]);
    expect(findGivenAway("\ud800 \udc00")).toEqual([]);
  });
});

describe("what is found", () => {
  test("lies inside the text, in order, without overlaps", () => {
    const piece = fc.constantFrom(
      ..."+44 7700 900123|ana@example.org|@ana:example.org|t.me/a|07700900123|call me|zero|１|\u200b| |,|.|at|dot|com|½|👍".split(
        "|",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join("");
        let last = 0;
        for (const { start, end } of findGivenAway(text, { country: "GB" })) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  test("is looked for no further once a text has more numbers than anybody gives away", () => {
    expect(findGivenAway("912345678, ".repeat(1_000), { country: "PT" }).length).toBeLessThanOrEqual(300);
  });

  test("costs time that grows with the text, not with its square", () => {
    const bait = [
      "1 ",
      "1-",
      "07 ",
      "+1 ",
      "a@",
      "a@b.c ",
      "a at ",
      "a.",
      "a dot ",
      "@a:",
      "1 000 ",
      "x.aa/",
      "one two three ",
    ];
    for (const text of [...bait.map((part) => part.repeat(40_000 / part.length)), " ".repeat(40_000)]) {
      const begin = performance.now();
      findGivenAway(text, { country: "DK" });
      // A square of this length takes minutes.
      expect(performance.now() - begin).toBeLessThan(5_000);
    }
  });
});

describe("what was found is shown", () => {
  test.each([
    ["my number is 07700 900142", "my number is ··42"],
    ["zero seven seven zero zero nine zero zero one four two", "··42"],
    ["it's ana.silva@example.org.", "it's an…@…."],
    ["I'm @ana:example.org", "I'm @an…"],
    ["447700900142@s.whatsapp.net", "··42"],
    ["see https://wa.me/447700900142?text=hi ok", "see wa.me/··42 ok"],
    ["https://t.me/ana_k", "t.me/…"],
    ["tel:+447700900142", "tel:··42"],
    ["BEGIN:VCARD\nTEL:1\nEND:VCARD", "…"],
    ["nothing to see, 45 euros", "nothing to see, 45 euros"],
  ])("of %j only as much as in %j", (text, masked) => {
    expect(maskGivenAway(text)).toBe(masked);
  });

  test("one by one, by its hint", () => {
    const text = "07700 900142 or ana@example.org";
    const hint = (one: GivenAway): string => hintOf(text, one);
    expect(findGivenAway(text).map(hint)).toEqual(["··42", "an…@…"]);
  });
});

test("the country of a number is that of its code; of other addresses there is none", () => {
  expect(countryOf(sensitive("+351912345678"))).toBe("PT");
  expect(countryOf(sensitive("+12015550123"))).toBe("US");
  expect(countryOf(sensitive("@ana:example.org"))).toBeUndefined();
});
