import segments from "sms-segments-calculator";
import { describe, expect, test } from "vitest";
import { plainer } from "../../../adapters/sms/text/smart.ts";
import { english, type Texts } from "../../../src/model/texts.ts";
import { SAMPLES } from "./samples.ts";

const names = Object.keys(SAMPLES) as (keyof Texts)[]; // the samples have a key for each text

/** All texts of a name, rendered with its samples. */
function rendered(text: keyof Texts): readonly string[] {
  const render = english[text] as (parameters: unknown) => string; // the samples are typed by the text's own parameters
  return SAMPLES[text].map((parameters) => render(parameters));
}

/** What can't keep to one part: it has a line for each network. */
const LONGER: readonly (keyof Texts)[] = ["handleMade"];
/** What isn't said on SMS: its command is refused there. */
const UNSAID: readonly (keyof Texts)[] = ["exported"];

describe("the catalogue", () => {
  test("has samples for each text", () => {
    expect(names.toSorted()).toEqual(Object.keys(english).toSorted());
  });

  test.each(names.filter((name) => ![...LONGER, ...UNSAID].includes(name)))(
    "%s fits one SMS of 160 GSM characters",
    (name) => {
      for (const text of rendered(name)) {
        const message = new segments.SegmentedMessage(plainer(text), "auto", false);
        expect([text, message.encodingName, message.segmentsCount]).toEqual([text, "GSM-7", 1]);
      }
    },
  );

  test.each(LONGER)(
    "%s stays in the GSM alphabet at least, and takes two parts only where it has to",
    (name) => {
      const messages = rendered(name).map(
        (text) => new segments.SegmentedMessage(plainer(text), "auto", false),
      );
      expect(new Set(messages.map(({ encodingName }) => encodingName))).toEqual(new Set(["GSM-7"]));
      expect(Math.max(...messages.map(({ segmentsCount }) => segmentsCount))).toBe(2);
    },
  );

  test.each(names)("%s doesn't claim more than is so", (name) => {
    for (const text of rendered(name)) {
      expect(text).not.toMatch(/end-to-end|e2ee/i);
      expect(text).not.toMatch(/\bgo(?:es)? after\b|disappear|self-destruct/i); // no timers yet
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  test.each(names)("%s offers no opt-out word as an answer", (name) => {
    const optOut = /^(?:stop|stopall|unsubscribe|end|quit|revoke|optout|cancel)$/i;
    for (const text of rendered(name)) {
      const menu = /(?:^|[\s(])\d ([a-z' ]+?)(?= · |$)/gm;
      for (const [, answer = ""] of text.matchAll(menu)) expect(answer).not.toMatch(optOut);
    }
  });
});
