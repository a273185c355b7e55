import type { Address } from "../model/address.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { CheckContext, NamedAccount } from "./accounts.ts";
import type { OperatorConfig } from "./config.ts";
import { describeKind } from "./describe.ts";
import { valueAt } from "./key-path.ts";
import { report } from "./pairs.ts";
import { operatorSchema } from "./schema.ts";

/**
 * Checks what the schema can't see of the operator: one address, of a network that has an account here. Of several accounts of
 * it the first one tells them.
 * @param rooms the networks on which the bridge can begin a chat by itself.
 */
export function checkOperator(
  rooms: readonly string[],
  accounts: ReadonlyMap<string, NamedAccount>,
  context: CheckContext,
): OperatorConfig | undefined {
  const written = operatorSchema(rooms)
    .optional()
    .safeParse(valueAt(context.data, ["operator"]));
  if (!written.success || written.data === undefined) return undefined; // what is wrong was said
  const [first, ...more] = Object.entries(written.data).flatMap(([network, address]) =>
    address === undefined ? [] : [{ network, address }],
  );
  if (first === undefined || more.length > 0) {
    const found = first === undefined ? "no address" : `${more.length + 1} addresses`;
    report(context, ["operator"], { found, expected: `exactly one of ${rooms.join(", ")}` });
    return undefined;
  }
  return checked(first, accounts, context);
}

function checked(
  { network, address: text }: { readonly network: string; readonly address: Sensitive<string> },
  accounts: ReadonlyMap<string, NamedAccount>,
  context: CheckContext,
): OperatorConfig | undefined {
  const path = ["operator", network];
  const adapter = context.adapters.find((each) => each.network === network);
  const canonical = adapter?.canonical(text.expose());
  if (canonical === undefined) {
    report(context, path, { found: describeKind(text.expose()), expected: `an address on ${network}` });
  }
  const all = [...accounts.values()];
  const own = all.filter((account) => account.network === network);
  // an account whose network nobody can tell may be one of it: that was said
  if (own.length === 0 && all.every((account) => account.network !== undefined))
    report(context, path, { found: `no account of ${network}`, expected: `one under "accounts"` });
  const account = own.find((each) => each.checked !== undefined)?.checked;
  if (canonical === undefined || account === undefined) return undefined;
  const address: Sensitive<Address> = text.map(() => canonical);
  return { network: account.network, account: account.account, address };
}
