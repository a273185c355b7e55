import type { AnyAdapter } from "../../adapter/any.ts";

/** What each member has to be; those with `?` may be left out. */
const MEMBERS: Readonly<Record<string, "function" | "true" | "text" | "group">> = {
  network: "text",
  config: "group",
  canonical: "function",
  open: "function",
  "check?": "function",
  "rooms?": "true",
  "answersOnly?": "true",
};

/**
 * Looks at what a module exports as `adapter`: it was written elsewhere, and maybe in JavaScript.
 * @returns the adapter, or in words what isn't as it should be.
 */
export function adapterOf(
  exported: unknown,
): AnyAdapter | { readonly found: string; readonly expected: string } {
  const expected = "an adapter as footbridge/adapter has it (AdapterModule)";
  if (typeof exported !== "object" || exported === null) {
    return {
      found: "a module that exports no adapter",
      expected: "export const adapter: AdapterModule<...>",
    };
  }
  for (const [member, kind] of Object.entries(MEMBERS)) {
    const name = member.replace("?", "");
    const value: unknown = Reflect.get(exported, name);
    if (value === undefined && member.endsWith("?")) continue;
    if (!is(kind, value)) return { found: `an adapter whose ${name} isn't ${WORDS[kind]}`, expected };
  }
  const adapter = exported as AnyAdapter; // all members were looked at
  if (typeof adapter.config.safeParse !== "function")
    return { found: "an adapter whose config has no safeParse", expected };
  if (!/^[a-z]{2,16}$/.test(adapter.network))
    return { found: "an adapter whose network has another name", expected: "2 to 16 lower-case letters" };
  return adapter;
}

const WORDS = { function: "a function", true: "true", text: "a text", group: "a schema" } as const;

function is(kind: keyof typeof WORDS, value: unknown): boolean {
  if (kind === "true") return value === true;
  if (kind === "text") return typeof value === "string";
  return kind === "function" ? typeof value === "function" : typeof value === "object" && value !== null;
}
