import fc from "fast-check";
import { expect, test } from "vitest";
import { contentOfHtml } from "../../../adapters/matrix/html-in.ts";
import { htmlOfContent } from "../../../adapters/matrix/html-out.ts";
import type { Span, SpanStyle } from "../../../src/model/index.ts";

const INLINE: readonly SpanStyle[] = ["bold", "italic", "underline", "strike", "code"];

test.each([
  [
    "bold in italic",
    "<em>a <strong>b</strong></em> c",
    "a b c",
    [
      { start: 0, end: 3, style: "italic" },
      { start: 2, end: 3, style: "bold" },
    ],
  ],
  ["two paragraphs", "<p>one</p>\n<p>two</p>", "one\n\ntwo", []],
  ["a list", "<ul>\n<li>a</li>\n<li><p>b</p></li>\n</ul>\nc", "- a\n- b\nc", []],
  ["a numbered list", '<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b", []],
  [
    "a quote",
    "<blockquote>\n<p>said</p>\n</blockquote>\n<p>no</p>",
    "said\n\nno",
    [{ start: 0, end: 4, style: "quote" }],
  ],
  [
    "a code block",
    '<pre><code class="x">a  b\n c\n</code></pre>d',
    "a  b\n c\nd",
    [{ start: 0, end: 7, style: "codeBlock" }],
  ],
  [
    "a link",
    '<a href="https://a.example/?x=1&amp;y=2">here</a>',
    "here",
    [{ start: 0, end: 4, style: "link", href: "https://a.example/?x=1&y=2" }],
  ],
  [
    "character references",
    "1 &lt; 2 &amp;&amp; 3 &gt; 2 &#x1F600; &unknown;",
    "1 < 2 && 3 > 2 😀 &unknown;",
    [],
  ],
  [
    "crossed tags",
    "<b>a<i>b</b>c</i>",
    "abc",
    [
      { start: 0, end: 2, style: "bold" },
      { start: 1, end: 2, style: "italic" },
    ],
  ],
  ["a < that begins no tag", "I <3 you, 1<2", "I <3 you, 1<2", []],
  ["a custom emoji", 'hi <img src="mxc://a/b" alt=":cat:">', "hi :cat:", []],
] as const)("HTML with %s becomes text and spans", (_name, html, text, spans) => {
  expect(contentOfHtml(html)).toEqual({ text, spans });
});

test.each([
  ["javascript:", "javascript:alert(1)"],
  ["data:", "data:text/html,x"],
  ["a user's pill", "https://matrix.to/#/@somebody:example.org"],
  ["a room's pill", "https://MATRIX.to/#/!room:example.org"],
  ["matrix:", "matrix:u/somebody:example.org"],
  ["a relative link", "/etc"],
])("a link to %s becomes its plain text", (_name, href) => {
  const { text, spans } = contentOfHtml(`<a href="${href}">Ana</a>`);
  expect({ text, spans }).toEqual({ text: "Ana", spans: [] });
});

test("scripts, styles, comments and the quote of a reply are no text", () => {
  const html =
    "<mx-reply><blockquote>old <b>x</b></blockquote></mx-reply>a<script>b</script><!-- c --><style>d</style>e";
  expect(contentOfHtml(html)).toEqual({ text: "ae", spans: [] });
});

test("any input is read without an exception, with spans inside the text that nest and lead nowhere odd", () => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom(
      "<b>",
      "</b>",
      "<p>",
      "</p>",
      "<pre>",
      "</pre>",
      "<a href=",
      "'x'",
      ">",
      "<",
      "<li>",
      "<br>",
      "&#",
      "<!--",
      "-->",
      "<mx-reply>",
      "</mx-reply>",
      "<blockquote>",
      "</blockquote>",
      "<script>",
      "</script>",
      "\n",
      '<a href="http://x">',
      "</a>",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const { text, spans } = contentOfHtml(pieces.join(""));
      for (const { start, end, style, href } of spans) {
        expect(start).toBeGreaterThanOrEqual(0);
        expect(end).toBeGreaterThan(start);
        expect(end).toBeLessThanOrEqual(text.length);
        if (style === "link") expect(href).toMatch(/^(https?|mailto):/);
      }
      expect(
        spans.every((a) => spans.every((b) => a.end <= b.start || b.end <= a.start || nests(a, b))),
      ).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

function nests(a: Span, b: Span): boolean {
  return (a.start <= b.start && b.end <= a.end) || (b.start <= a.start && a.end <= b.end);
}

test("a text with inline spans comes back from its own HTML as it was", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "b", " ", "\n", "<", "&", '"', "😀", "é", "\t"),
    minLength: 1,
    maxLength: 30,
  });
  const drafts = fc.array(fc.record({ a: fc.nat(30), b: fc.nat(30), style: fc.constantFrom(...INLINE) }), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(text, drafts, (plain, raw) => {
      const spans = nestedOnly(
        raw.map(({ a, b, style }) => ({ start: Math.min(a, b), end: Math.max(a, b), style })),
        plain,
      );
      const html = htmlOfContent(plain, spans);
      if (html === undefined) expect(spans).toEqual([]);
      else expect(contentOfHtml(html)).toEqual({ text: plain, spans });
    }),
    { numRuns: 2_000 },
  );
});

/** Spans as our own writer keeps them: in range, in order, none crossing another. */
function nestedOnly(spans: readonly Span[], text: string): Span[] {
  const kept: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const isInRange = span.start < span.end && span.end <= text.length;
    if (isInRange && kept.every((other) => other.end <= span.start || nests(other, span))) kept.push(span);
  }
  return kept;
}

test("a quote and a code block that fill their lines come back as they were", () => {
  const text = "before\nquoted\nlines\n\nx = 1\n  y\nafter";
  const spans: Span[] = [
    { start: 7, end: 19, style: "quote" },
    { start: 21, end: 30, style: "codeBlock" },
  ];
  expect(contentOfHtml(htmlOfContent(text, spans) ?? "")).toEqual({ text, spans });
});

test("spans that are out of range, cross or lead elsewhere lose their style and nothing else", () => {
  const spans: Span[] = [
    { start: 5, end: 99, style: "bold" },
    { start: -1, end: 2, style: "bold" },
    { start: 0, end: 3, style: "link", href: "javascript:x" },
    { start: 0, end: 3, style: "italic" },
    { start: 2, end: 5, style: "bold" },
  ];
  expect(htmlOfContent("abc<e", spans)).toBe("<em>abc</em>&lt;e");
});

test("a text as deep and as long as an event may be is read in no time", () => {
  const deep = `${"<b>".repeat(20_000)}x`;
  const titles = "<title></title>".repeat(4_000);
  const opens = "<".repeat(60_000);
  const begin = performance.now();
  expect(contentOfHtml(deep).text).toBe("x");
  expect(contentOfHtml(titles).text).toBe("");
  expect(contentOfHtml(opens).text).toHaveLength(60_000);
  expect(performance.now() - begin).toBeLessThan(1_500);
});
