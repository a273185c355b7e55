import { crc32, deflateSync } from "node:zlib";

const SIGNATURE = Buffer.from("89504e470d0a1a0a", "hex");
/** One bit for each pixel, greyscale; then deflate, filters, no interlacing (PNG specification, "IHDR"). */
const KIND = Buffer.from([1, 0, 0, 0, 0]);

/** A square picture in black (`true`) and white, each of its points `scale` pixels wide, as PNG. */
export function pngOf(points: readonly (readonly boolean[])[], scale: number): Buffer {
  const side = points.length * scale;
  const rows = points.flatMap((row) => Array.from({ length: scale }, () => rowOf(row, scale)));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", Buffer.concat([head, KIND])),
    chunk("IDAT", deflateSync(Buffer.concat(rows))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Filter 0 ("None"), then eight pixels in an octet, the leftmost in its highest bit; 1 is white. */
function rowOf(points: readonly boolean[], scale: number): Buffer {
  const row = Buffer.alloc(1 + Math.ceil((points.length * scale) / 8));
  for (const [at, isBlack] of points.entries()) {
    if (isBlack) continue;
    for (let x = at * scale; x < (at + 1) * scale; x += 1) {
      const octet = 1 + (x >> 3);
      row[octet] = (row[octet] ?? 0) | (0x80 >> (x & 7));
    }
  }
  return row;
}

/** Length, type, data, and the CRC of the two before. */
function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
