/** Where a value stands in the config: `["accounts", "sms-main", "links", 0]`. */
export type KeyPath = readonly (string | number)[];

const WORD = /^(?:[A-Za-z]{1,24}|<<)$/;
const ACCOUNT_NAME = /^[a-z][a-z0-9-]{0,31}$/;
const MANY_DIGITS = /\d{5}/;

/** How long a text is, in words. */
export function characters(text: string): string {
  return text.length === 1 ? "1 character" : `${text.length} characters`;
}

/**
 * A key as it may be printed. Somebody may write an address or a secret where a key belongs, so only what looks like a
 * word or an account's name is shown.
 */
export function printableKey(key: string): string {
  const known = WORD.test(key) || (ACCOUNT_NAME.test(key) && !MANY_DIGITS.test(key));
  return known ? key : `<a key of ${characters(key)}>`;
}

/** The same for a key that is none of ours: only a word of letters is shown. */
export function printableUnknown(key: string): string {
  return WORD.test(key) ? key : `<a key of ${characters(key)}>`;
}

/** A path as people write it: `accounts.sms-main.links[0]`. */
export function printPath(path: KeyPath): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      return index === 0 ? printableKey(step) : `.${printableKey(step)}`;
    })
    .join("");
}

/** Whether `path` is `root` or lies under it. */
export function isUnder(path: KeyPath, root: KeyPath): boolean {
  return root.every((step, index) => String(path[index]) === String(step));
}

/** The value at a path of plain data, or undefined. */
export function valueAt(data: unknown, path: KeyPath): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step]; // an object that has this key, see above
  }
  return value;
}
