import { inflateSync } from "node:zlib";
import jsqr from "jsqr";

/** What a camera reads off a picture: RGBA, row by row. Undefined: no QR code. */
export function cameraReads(pixels: Uint8ClampedArray, width: number, height: number): string | undefined {
  // The package is CommonJS, whose default export Node shows under a second `default`.
  // Its types know of the first one only.
  const read = "default" in jsqr ? (jsqr.default as unknown as typeof jsqr.default) : jsqr;
  return read(pixels, width, height)?.data;
}

/** What a camera reads off a PNG of one bit a pixel, in grey and without filters; anything else is an error. */
export function cameraReadsPng(png: Uint8Array): string | undefined {
  const octets = Buffer.from(png);
  const parts = new Map<string, Buffer>();
  for (let at = 8; at < octets.length; at += 12 + octets.readUInt32BE(at)) {
    const length = octets.readUInt32BE(at);
    parts.set(octets.toString("latin1", at + 4, at + 8), octets.subarray(at + 8, at + 8 + length));
  }
  const [head, data] = [parts.get("IHDR"), parts.get("IDAT")];
  if (head === undefined || data === undefined || head.readUInt8(8) !== 1 || head.readUInt8(9) !== 0)
    throw new Error("that is no PNG of one bit in grey");
  const [width, height] = [head.readUInt32BE(0), head.readUInt32BE(4)];
  const rows = inflateSync(data);
  const stride = 1 + Math.ceil(width / 8);
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    if (rows.readUInt8(y * stride) !== 0) throw new Error("that PNG has a filter");
    for (let x = 0; x < width; x += 1) {
      const isWhite = (rows.readUInt8(y * stride + 1 + (x >> 3)) & (0x80 >> (x & 7))) !== 0;
      if (!isWhite) pixels.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
    }
  }
  return cameraReads(pixels, width, height);
}
