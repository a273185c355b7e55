import type { BinaryNode } from "baileys";
import type { Caller } from "../core.ts";
import { SERVER } from "../jids.ts";
import { node } from "../nodes.ts";

/** Answers a query. */
export function reply(caller: Caller, { attrs }: BinaryNode, content?: readonly BinaryNode[]): void {
  caller.line.send(node("iq", { id: attrs.id, from: attrs.to ?? SERVER, type: "result" }, content));
}

/** Refuses a query. */
export function refuse(caller: Caller, { attrs }: BinaryNode, code: number, text: string): void {
  const error = node("error", { code: String(code), text });
  caller.line.send(node("iq", { id: attrs.id, from: attrs.to ?? SERVER, type: "error" }, [error]));
}
