import { inspect } from "node:util";

/** All the ways in which a value could end up in a log, an error tracker or a status page. */
function printed(value: unknown): string {
  const forms = [inspect(value, { depth: 20, showHidden: true, maxStringLength: null }), String(value)];
  try {
    forms.push(JSON.stringify(value) ?? "");
  } catch {
    // a value that JSON can't have can't leak through it
  }
  if (value instanceof Error) forms.push(value.message, value.stack ?? "", printed(value.cause));
  return forms.join("\n");
}

/** What must never be shown, and all that an adapter showed while the suite ran. */
export class LeakWatch {
  readonly #secrets = new Set<string>();
  readonly #seen: { readonly where: string; readonly text: string }[] = [];

  /** This must not appear anywhere. */
  guard(...secrets: readonly string[]): void {
    for (const secret of secrets) if (secret !== "") this.#secrets.add(secret);
  }

  /** An adapter showed this. */
  saw(where: string, value: unknown): void {
    this.#seen.push({ where, text: printed(value) });
  }

  /** Where something appeared that mustn't: the places, without the secrets. */
  leaks(): readonly string[] {
    const leaking = this.#seen.filter(({ text }) =>
      [...this.#secrets].some((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret))),
    );
    return [...new Set(leaking.map(({ where }) => where))];
  }

  /** How much was looked at: a watch that saw nothing proves nothing. */
  get size(): { readonly secrets: number; readonly seen: number } {
    return { secrets: this.#secrets.size, seen: this.#seen.length };
  }
}
