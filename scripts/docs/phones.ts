// Phones beside each other as SVG, in the order in which things happened on them; legible on light and dark pages.

/** A phone's head. */
export interface Phone {
  readonly title: string;
  readonly network: string;
}

/** What a phone shows, or what is said over all of them. */
export type Bubble =
  | {
      /** Written on this phone, written by somebody else, or said by the bridge. */
      readonly kind: "own" | "theirs" | "bridge";
      /** Which one, from 0. */
      readonly phone: number;
      /** The chat it is in, where the phone shows several. */
      readonly place?: string;
      readonly text: string;
    }
  | { readonly kind: "caption"; readonly text: string };

// All in pixels.
const PHONE = 292;
const GAP = 22;
const EDGE = 2;
const HEAD = 58;
const INSET = 12;
const PAD = 10;
const FONT = 13;
const LINE = 18;
const WIDEST = 244;
const BETWEEN = 8;

const STYLE = `
  text { font: ${FONT}px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1f2328; }
  .card { fill: #ffffff; stroke: #d0d7de; } .rule { stroke: #d0d7de; }
  .title { font-weight: 600; font-size: 15px; } .small { font-size: 12px; fill: #59636e; }
  .own { fill: #cfe8ff; } .theirs { fill: #e9ecef; } .bridge { fill: none; stroke: #b6bfc8; stroke-dasharray: 3 3; }
  .said { fill: #59636e; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .card { fill: #0d1117; stroke: #3d444d; } .rule { stroke: #3d444d; }
    .small, .said { fill: #9198a1; } .own { fill: #16416b; } .theirs { fill: #2a313c; } .bridge { stroke: #4a525c; }
  }`;

/** The whole picture. */
export function drawing(phones: readonly Phone[], bubbles: readonly Bubble[]): string {
  const width = phones.length * PHONE + (phones.length - 1) * GAP + 2 * EDGE;
  const drawn: string[] = [];
  const below = phones.map(() => HEAD + BETWEEN + 4);
  const places = new Map<number, string>();
  let last = 0;
  for (const bubble of bubbles) {
    if (bubble.kind === "caption") {
      const top = Math.max(...below) + 4;
      drawn.push(caption(bubble.text, width, top));
      below.fill(top + LINE + BETWEEN + 4);
      last = top;
      continue;
    }
    const { phone, place } = bubble;
    let top = Math.max(below[phone] ?? 0, last);
    if (place !== undefined && places.get(phone) !== place) {
      places.set(phone, place);
      drawn.push(`<text class="small" x="${left(phone) + INSET}" y="${top + FONT}">${escaped(place)}</text>`);
      top += LINE + 4;
    }
    const { height, svg } = bubbleAt(bubble, left(phone), top);
    drawn.push(svg);
    below[phone] = top + height + BETWEEN;
    last = top;
  }
  const height = Math.max(...below) + BETWEEN;
  const cards = phones.map((phone, index) => card(phone, left(index), height));
  const title =
    "Leo texts by SMS, Ana answers on Matrix and then on WhatsApp, and neither sees the other's number";
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height + 2 * EDGE}" viewBox="0 0 ${width} ${height + 2 * EDGE}" role="img" aria-labelledby="t">
<title id="t">${escaped(title)}</title>
<style>${STYLE}
</style>
${[...cards, ...drawn].join("\n")}
</svg>
`;
}

const left = (phone: number): number => EDGE + phone * (PHONE + GAP);

function card({ title, network }: Phone, x: number, height: number): string {
  return [
    `<rect class="card" x="${x}" y="${EDGE}" width="${PHONE}" height="${height - EDGE}" rx="14"/>`,
    `<text class="title" x="${x + INSET + 4}" y="27">${escaped(title)}</text>`,
    `<text class="small" x="${x + INSET + 4}" y="46">${escaped(network)}</text>`,
    `<line class="rule" x1="${x}" x2="${x + PHONE}" y1="${HEAD}" y2="${HEAD}"/>`,
  ].join("");
}

function caption(text: string, width: number, top: number): string {
  const half = widthOf(text) / 2 + 14;
  const y = top + FONT;
  return [
    `<line class="rule" x1="${EDGE}" x2="${width / 2 - half}" y1="${y - 4}" y2="${y - 4}"/>`,
    `<text class="small" x="${width / 2}" y="${y}" text-anchor="middle">${escaped(text)}</text>`,
    `<line class="rule" x1="${width / 2 + half}" x2="${width - EDGE}" y1="${y - 4}" y2="${y - 4}"/>`,
  ].join("");
}

function bubbleAt(
  bubble: Bubble & { readonly phone: number },
  x: number,
  top: number,
): { height: number; svg: string } {
  const lines = bubble.text.split("\n").flatMap(wrapped);
  const width = Math.max(...lines.map(widthOf)) + 2 * PAD;
  const height = lines.length * LINE + 2 * PAD - 4;
  const at = bubble.kind === "own" ? x + PHONE - INSET - width : x + INSET;
  const words = lines.map(
    (line, index) =>
      `<tspan x="${at + PAD}" y="${top + PAD + FONT - 2 + index * LINE}">${escaped(line)}</tspan>`,
  );
  const said = bubble.kind === "bridge" ? ' class="said"' : "";
  return {
    height,
    svg: `<rect class="${bubble.kind}" x="${at}" y="${top}" width="${width}" height="${height}" rx="10"/><text${said}>${words.join("")}</text>`,
  };
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && widthOf(longer) > WIDEST) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** About how wide a text is: no font is known before, so it is that of a wide one. */
function widthOf(text: string): number {
  let ems = 0;
  for (const sign of text) {
    if (/\p{Emoji_Presentation}/u.test(sign)) ems += 1.4;
    else if (/[MWmw@]/.test(sign)) ems += 0.98;
    else if (/[A-Z0-9]/.test(sign)) ems += 0.7;
    else if (/[ijltfr.,:;'"|!() ]/.test(sign)) ems += 0.38;
    else ems += 0.62;
  }
  return Math.ceil(ems * FONT);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
