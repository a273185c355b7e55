import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contentOfMarks } from "../../../adapters/whatsapp/inbound/marks.ts";
import { marksOfContent } from "../../../adapters/whatsapp/outbound/marks.ts";
import type { Span, SpanStyle } from "../../../src/model/index.ts";

/** `bold 0-4`, so that a table can be read. */
function written(marked: string): { text: string; spans: string[] } {
  const content = contentOfMarks(marked);
  if (content.kind !== "text") throw new Error("a text is a text");
  const spans = (content.spans ?? []).map(
    ({ style, start, end }) => `${style} ${content.text.slice(start, end)}`,
  );
  return { text: content.text, spans };
}

describe("marks that come", () => {
  it.each([
    ["no marks", "no marks", []],
    ["*bold*", "bold", ["bold bold"]],
    ["_it_ and ~gone~", "it and gone", ["italic it", "strike gone"]],
    ["*_both_*", "both", ["bold both", "italic both"]],
    ["*a _b_ c* d", "a b c d", ["bold a b c", "italic b"]],
    ["(*in brackets*), yes", "(in brackets), yes", ["bold in brackets"]],
    ["`x = *y*`", "x = *y*", ["code x = *y*"]],
    ["```one\ntwo```", "one\ntwo", ["codeBlock one\ntwo"]],
    ["```\none\n```\nafter", "one\nafter", ["codeBlock one"]],
    ["see ```x``` here", "see x here", ["code x"]],
    ["> said\n> twice\nme", "said\ntwice\nme", ["quote said\ntwice"]],
    ["*🚲 yes* 👍", "🚲 yes 👍", ["bold 🚲 yes"]],
    ["*дом* и _сад_", "дом и сад", ["bold дом", "italic сад"]],
    // What stays as it is
    ["2*3*4", "2*3*4", []],
    ["snake_case_name", "snake_case_name", []],
    ["* a list", "* a list", []],
    ["** nothing **", "** nothing **", []],
    ["*over\nlines*", "*over\nlines*", []],
    ["*open", "*open", []],
    ["a > b", "a > b", []],
    ["``` ```", "``` ```", []],
    ["https://bikes.example/a_b_/_c_ *now*", "https://bikes.example/a_b_/_c_ now", ["bold now"]],
    ["*https://bikes.example/x*", "https://bikes.example/x", ["bold https://bikes.example/x"]],
    ["", "", []],
  ])("%j", (marked, text, spans) => {
    expect(written(marked)).toEqual({ text, spans });
  });

  it("are read from any text without an error, and spans never cross or leave it", () => {
    const texts = fc.string({
      unit: fc.constantFrom("*", "_", "~", "`", "```", "> ", "\n", " ", "a", "é", "🚲"),
    });
    fc.assert(
      fc.property(texts, (marked) => {
        const content = contentOfMarks(marked);
        if (content.kind !== "text") throw new Error("a text is a text");
        const spans = content.spans ?? [];
        for (const { start, end } of spans) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeLessThanOrEqual(content.text.length);
          expect(start).toBeLessThan(end);
        }
        for (const one of spans) {
          for (const other of spans) {
            const crosses = one.start < other.start && other.start < one.end && one.end < other.end;
            expect(crosses).toBe(false);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** `styled("a [bold:b] c")`: the text and spans that it means. */
function styled(notation: string): { text: string; spans: Span[] } {
  const spans: Span[] = [];
  let text = "";
  const open: { style: SpanStyle; start: number; place: number; href?: string }[] = [];
  for (const piece of notation.split(/(\[\w+(?:=[^ ]+)?: |\])/)) {
    const opening = /^\[(\w+)(?:=([^ ]+))?: $/.exec(piece);
    if (opening !== null) {
      const style = opening[1] as SpanStyle; // the table's own
      open.push({
        style,
        start: text.length,
        place: spans.length,
        ...(opening[2] === undefined ? {} : { href: opening[2] }),
      });
    } else if (piece === "]") {
      const last = open.pop();
      if (last === undefined) throw new Error("a bracket too many");
      const { place, ...span } = last;
      spans.splice(place, 0, { ...span, end: text.length });
    } else text += piece;
  }
  return { text, spans };
}

describe("styles that go out", () => {
  it.each([
    ["plain", "plain"],
    ["a [bold: b] c", "a *b* c"],
    ["[bold: [italic: x]]", "*_x_*"],
    ["[italic: [bold: x] y]", "_*x* y_"],
    ["[bold:  edges ]!", " *edges* !"],
    ["un[bold: believ]able", "unbelievable"],
    ["[bold: one\ntwo]", "*one*\n*two*"],
    ["[underline: x]", "x"],
    ["[code: a*b]", "`a*b`"],
    ["[code: [bold: a]]", "`a`"],
    ["[codeBlock: one\ntwo]", "```\none\ntwo\n```"],
    ["x [codeBlock: y] z", "x ```y``` z"],
    ["[quote: said\ntwice]\nme", "> said\n> twice\nme"],
    ["[link=https://bikes.example/: the bike]", "the bike (https://bikes.example/)"],
    ["[link=https://bikes.example/: bikes.example]", "bikes.example"],
    ["[strike: gone] 👍", "~gone~ 👍"],
  ])("%j", (notation, marked) => {
    const { text, spans } = styled(notation);
    expect(marksOfContent(text, spans)).toBe(marked);
  });

  it("come back as they were, whatever is styled, where words have no marks of their own", () => {
    const word = fc.string({
      unit: fc.constantFrom("a", "b", "é", "🚲", "7", "ж"),
      minLength: 1,
      maxLength: 5,
    });
    const style = fc.constantFrom<SpanStyle | undefined>("bold", "italic", "strike", "code", undefined);
    fc.assert(
      fc.property(fc.array(fc.record({ word, style, inner: style }), { maxLength: 8 }), (words) => {
        let text = "";
        const spans: Span[] = [];
        for (const one of words) {
          if (text !== "") text += " ";
          const start = text.length;
          text += one.word;
          const end = text.length;
          if (one.style !== undefined) spans.push({ start, end, style: one.style });
          const isNested = one.style !== undefined && one.style !== "code" && one.inner !== one.style;
          if (isNested && one.inner !== undefined) spans.push({ start, end, style: one.inner });
        }
        const content = contentOfMarks(marksOfContent(text, spans));
        expect(content).toEqual(spans.length === 0 ? { kind: "text", text } : { kind: "text", text, spans });
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ["marks and ticks that nothing closes", "*a `b "],
    ["marks that only a code closes", "*a `*b* c` _"],
    ["a fence that nothing closes", "a "],
  ])("reads %s in a moment, however many there are", (_, part) => {
    const text = `\`\`\`${part.repeat(60_000 / part.length)}`;
    const began = performance.now();
    contentOfMarks(text);
    // Searched for anew from each mark, it took from seconds to hours.
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  it("never fails and never loses a word, whatever spans it is given", () => {
    const span = fc.record({
      start: fc.integer({ min: -2, max: 30 }),
      end: fc.integer({ min: -2, max: 30 }),
      style: fc.constantFrom<SpanStyle>(
        "bold",
        "italic",
        "underline",
        "strike",
        "code",
        "codeBlock",
        "quote",
        "link",
      ),
    });
    fc.assert(
      fc.property(fc.string({ maxLength: 25 }), fc.array(span, { maxLength: 6 }), (text, spans) => {
        const marked = marksOfContent(text, spans);
        let at = 0;
        for (const char of marked) if (text.startsWith(char, at)) at += char.length;
        expect(at).toBe(text.length);
      }),
      { numRuns: 1_000 },
    );
  });
});
