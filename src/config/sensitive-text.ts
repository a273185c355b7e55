import { z } from "zod";
import { Sensitive } from "../model/sensitive.ts";

/** What a text must be like that is `Sensitive` from the first parse: `expected` says it in words. */
export function sensitiveText(expected: string) {
  return z
    .union([z.string().min(1), z.instanceof(Sensitive<string>)], { error: expected })
    .transform((value): Sensitive<string> => (typeof value === "string" ? new Sensitive(value) : value));
}

/**
 * A secret in a config schema. In the file it stands by value, or as `{file: PATH}` or `{env: NAME}`, which the loader
 * resolves before the schema sees it; it is `Sensitive` from then on, and no error message shows it.
 */
export function secret() {
  return sensitiveText("a secret: a text, {file: PATH} or {env: NAME}");
}
