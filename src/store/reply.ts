import type { Reply } from "./redis/resp.ts";

/** A bulk reply as text; undefined for nil. */
export function text(reply: Reply | undefined): string | undefined {
  if (reply === null || reply === undefined) return undefined;
  return Buffer.isBuffer(reply) ? reply.toString() : String(reply);
}

/** A reply of strings as texts. */
export function texts(reply: Reply): string[] {
  return Array.isArray(reply) ? reply.map((each) => text(each) ?? "") : [];
}

/** A hash's fields and values, in a map by field name. */
export function fields(reply: Reply): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  if (!Array.isArray(reply)) return found;
  for (let i = 0; i + 1 < reply.length; i += 2) {
    const name = text(reply[i]);
    const value = reply[i + 1];
    if (name !== undefined && Buffer.isBuffer(value)) found.set(name, value);
  }
  return found;
}
