import { stripVTControlCharacters } from "node:util";
import { cameraReads } from "../support/camera.ts";

const BLACK_ON_WHITE = "\u001b[30;107m";

/** How many pixels of a picture a module is wide and high. */
const SCALE = 4;
/** What stands in a character of the upper and the lower module, as a terminal shows it. */
const MODULES: Readonly<Record<string, readonly [upper: boolean, lower: boolean]>> = {
  " ": [false, false],
  "▀": [true, false],
  "▄": [false, true],
  "█": [true, true],
};

/** What a camera reads off a terminal that shows a QR code among these lines, black on white. */
export function scanned(lines: readonly string[]): string | undefined {
  const rows = lines
    .filter((line) => line.startsWith(BLACK_ON_WHITE))
    .map((line) => stripVTControlCharacters(line))
    .flatMap((line) => [0, 1].map((half) => [...line].map((cell) => MODULES[cell]?.[half] === true)));
  const [width, height] = [(rows[0]?.length ?? 0) * SCALE, rows.length * SCALE];
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (rows[Math.floor(y / SCALE)]?.[Math.floor(x / SCALE)] !== true) continue;
      pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return cameraReads(pixels, width, height);
}
