import { encode } from "uqr";

/** Two modules of a column in one character, for black on white. */
const BLOCKS = [" ", "▄", "▀", "█"] as const;
/** Black on white, whatever the terminal's own colours are: a camera reads a code the wrong way round badly. */
const COLOURS = "\u001b[30;107m";
const PLAIN = "\u001b[0m";

/** A QR code as lines of a terminal, with the quiet zone around it that cameras need. */
export function qrLines(text: string): string[] {
  const { data } = encode(text, { ecc: "L", border: 2 });
  const lines: string[] = [];
  for (let row = 0; row < data.length; row += 2) {
    const upper = data[row] ?? [];
    const lower = data[row + 1] ?? [];
    const cells = upper.map((dark, column) => BLOCKS[(dark ? 2 : 0) + (lower[column] === true ? 1 : 0)]);
    lines.push(`${COLOURS}${cells.join("")}${PLAIN}`);
  }
  return lines;
}
