import { FAMILIES, type FamilyName } from "./families.ts";

/** The variable parts of names. None of them can be an address. */
const FORMS: Readonly<Record<string, string>> = {
  /** Of an account: a hash of its name. */
  shard: String.raw`\d{1,4}`,
  /** The operator's word for it. */
  account: "[a-z][a-z0-9-]{0,31}",
  /** 96 random bits in base64url. */
  id: "[A-Za-z0-9_-]{16}",
  /** An HMAC, 128 bits in base64url. */
  lookup: "[A-Za-z0-9_-]{22}",
  /** A limit's name in the table of limits. */
  limit: "[a-z][A-Za-z]{1,31}",
  /** A day, a generation, a bucket. */
  number: String.raw`\d{1,6}`,
};

interface Matcher {
  readonly family: FamilyName;
  readonly name: RegExp;
}

const MATCHERS: readonly Matcher[] = Object.entries(FAMILIES).map(([family, { pattern }]) => ({
  family: family as FamilyName, // the table's own keys
  name: new RegExp(`^${regexOf(pattern)}$`),
}));

/** Which family a key of Redis belongs to; undefined when no row explains it. */
export function familyOf(name: string): FamilyName | undefined {
  return MATCHERS.find((matcher) => matcher.name.test(name))?.family;
}

/** The variable parts of a key's name, in order: what its function in keys.ts makes it of, where that takes names. */
export function partsOf(family: FamilyName, name: string): readonly string[] {
  return PARTS[family].exec(name)?.slice(1) ?? [];
}

const PARTS = Object.fromEntries(
  Object.entries(FAMILIES).map(([family, { pattern }]) => [
    family,
    new RegExp(`^${regexOf(pattern, (form) => `(${form})`)}$`),
  ]),
) as Readonly<Record<FamilyName, RegExp>>; // of the table's own keys

/** The tag of a key, and how rows write it: `{i<shard>}`. */
const TAGS: readonly { readonly pattern: string; readonly tag: RegExp }[] = [
  ...new Set(Object.values(FAMILIES).map(({ pattern }) => pattern.slice(0, pattern.indexOf("}") + 1))),
].map((pattern) => ({ pattern, tag: new RegExp(`^${regexOf(pattern)}`) }));

/** Words that stand in patterns as they are. */
const WORDS: ReadonlySet<string> = new Set(
  Object.values(FAMILIES).flatMap(
    ({ pattern }) => pattern.replace(/^\{[^}]*\}:?/, "").match(/(?<=^|:)[a-z]+/g) ?? [],
  ),
);

/**
 * What may be said of a key that no row explains: its tag and its words where rows have such, of all else only how long it is.
 * `session:+15550100` is `<7>:<9>`.
 */
export function shapeOf(name: string): string {
  const known = TAGS.find(({ tag }) => tag.test(name));
  const rest = known === undefined ? name : name.replace(known.tag, "");
  const parts = rest.split(":").map((part) => (part === "" || WORDS.has(part) ? part : `<${part.length}>`));
  return (known?.pattern ?? "") + parts.join(":");
}

/** A pattern as the source of a regular expression. */
function regexOf(pattern: string, shown = (form: string): string => form): string {
  return pattern
    .split(/(<[a-z]+>)/)
    .map((part) => {
      if (!part.startsWith("<")) return part.replace(/[{}]/g, "\\$&");
      const form = FORMS[part.slice(1, -1)];
      if (form === undefined) throw new Error(`family-of.ts: no form is called ${part}`);
      return shown(form);
    })
    .join("");
}
