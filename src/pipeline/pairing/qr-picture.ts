import { encode } from "uqr";
import { pngOf } from "./png.ts";

/** The quiet zone that cameras need, in modules (ISO/IEC 18004), and how many pixels a module is wide: sharp on any screen. */
const QUIET = 4;
const PIXELS = 8;

/** A QR code as a PNG, and how many pixels its sides have. */
export function qrPicture(text: string): { readonly png: Uint8Array; readonly side: number } {
  const { data } = encode(text, { ecc: "L", border: QUIET });
  return { png: pngOf(data, PIXELS), side: data.length * PIXELS };
}
