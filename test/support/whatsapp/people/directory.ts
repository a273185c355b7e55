import { deviceOf, formOf, isGroup, userOf } from "../jids.ts";
import { Account, type AccountSettings, type Device } from "./account.ts";
import { lidFor } from "./lid.ts";

/** Everybody who is on this WhatsApp. */
export class Directory {
  readonly #byNumber = new Map<string, Account>();
  readonly #byLid = new Map<string, Account>();

  /** Somebody gets an account: a phone with this number. */
  add(number: string, name: string, settings: Partial<AccountSettings> = {}): Account {
    const digits = number.replace(/\D/g, "");
    if (this.#byNumber.has(digits)) throw new Error("this number has an account already");
    const all: AccountSettings = { addressing: "lid", hidesNumber: false, refusesGroups: false, ...settings };
    const account = new Account(digits, lidFor(digits), name, all);
    this.#byNumber.set(digits, account);
    this.#byLid.set(account.lid, account);
    return account;
  }

  /** Whose number it is. */
  find(number: string): Account | undefined {
    return this.#byNumber.get(number.replace(/\D/g, ""));
  }

  /** @throws Error when nobody has this number. */
  owner(number: string): Account {
    const account = this.find(number);
    if (account === undefined) throw new Error("nobody has this number");
    return account;
  }

  /** Whom a JID names, in either form. */
  account(jid: string): Account | undefined {
    if (isGroup(jid)) return undefined;
    return (formOf(jid) === "lid" ? this.#byLid : this.#byNumber).get(userOf(jid));
  }

  /** The device that a JID names; the phone when it names none. */
  device(jid: string): Device | undefined {
    return this.account(jid)?.devices.get(deviceOf(jid));
  }

  all(): readonly Account[] {
    return [...this.#byNumber.values()];
  }
}
