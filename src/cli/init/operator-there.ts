import { parse } from "yaml";
import type { Config } from "../../config/index.ts";
import { valueAt } from "../../config/key-path.ts";
import { sensitive } from "../../model/sensitive.ts";
import type { KnownAdapter } from "../io.ts";
import { hasUser } from "./lookup.ts";

/**
 * Whether the homeserver has the operator, asked with the bridge's own token; undefined where it doesn't tell, or where they are a
 * user of another one. A homeserver takes an invitation of a user that it hasn't got: nobody would ever read it.
 */
export async function operatorIsThere(
  { accounts, operator }: Config,
  adapters: readonly KnownAdapter[],
): Promise<boolean | undefined> {
  const account = accounts.find((each) => each.account === operator?.account);
  const registration = adapters.find(({ network }) => network === account?.network)?.registration;
  const [url, name] = ["url", "name"].map((key) => valueAt(account?.config, ["homeserver", key]));
  if (operator === undefined || registration === undefined || typeof url !== "string") return undefined;
  const user = operator.address.expose();
  if (!user.endsWith(`:${String(name)}`)) return undefined;
  const token = valueAt(parse(registration.text(account?.config)), ["as_token"]);
  return await hasUser(url, user, typeof token === "string" ? sensitive(token) : undefined);
}
