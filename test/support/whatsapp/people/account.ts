import type { BinaryNode } from "baileys";
import { type Form, userJid } from "../jids.ts";
import type { KeyBundle } from "./bundle.ts";
import { Mailbox } from "./mailbox.ts";
import { Phone } from "./phone.ts";

/** A device's connection. */
export interface Line {
  /** `deaf`: only answers come. `silent`: nothing comes, and the socket stays open. */
  mood: "well" | "deaf" | "silent";
  send(stanza: BinaryNode): void;
  /** Says a last word and closes. */
  end(last?: BinaryNode): void;
}

/** How an account shows itself. A test changes it at any time. */
export interface AccountSettings {
  /** The form in which others see who writes, where the writer's client leaves it open. */
  addressing: Form;
  /** Nobody is told the number: others know the LID alone. */
  hidesNumber: boolean;
  /** Can't be put into groups by others. */
  refusesGroups: boolean;
}

/** One of an account's devices. The phone itself is device 0. */
export class Device {
  readonly account: Account;
  readonly id: number;
  readonly bundle: KeyBundle;
  readonly mailbox = new Mailbox();
  /** Its connection, while it has one. */
  line: Line | undefined;
  /** The phone has sent it the history. */
  hasHistory = false;
  /** The server has told it that its one-time keys run low. */
  toldOfLowKeys = false;
  /** Messages that are held back, to come in the opposite order once there are so many. */
  held: { readonly count: number; readonly stanzas: BinaryNode[] } | undefined;

  constructor(account: Account, id: number, bundle: KeyBundle) {
    this.account = account;
    this.id = id;
    this.bundle = bundle;
  }

  jid(form: Form): string {
    return userJid(this.account.user(form), form, this.id);
  }
}

/** A person on WhatsApp. */
export class Account {
  /** The phone number in digits. */
  readonly number: string;
  readonly lid: string;
  readonly phone: Phone;
  readonly devices = new Map<number, Device>();
  readonly settings: AccountSettings;
  /** Who sees when it comes and goes, and who asked for its list of devices. */
  readonly watchers = new Set<Device>();
  readonly askers = new Set<Account>();
  /** Whom it has written to or got something from. */
  readonly contacts = new Set<Account>();
  /** The tokens that others gave it, by their LID: with one it may write to them first. */
  readonly tokens = new Map<string, Buffer>();
  name: string;
  online = false;
  #nextDevice = 1;

  constructor(number: string, lid: string, name: string, settings: AccountSettings) {
    this.number = number;
    this.lid = lid;
    this.name = name;
    this.settings = settings;
    this.phone = new Phone();
    this.devices.set(0, new Device(this, 0, this.phone.bundle));
  }

  user(form: Form): string {
    return form === "lid" ? this.lid : this.number;
  }

  /** Without a device. */
  jid(form: Form): string {
    return userJid(this.user(form), form);
  }

  /** The number's JID, for whoever may know it. */
  get shownNumber(): string | undefined {
    return this.settings.hidesNumber ? undefined : this.jid("pn");
  }

  /** The devices that were linked: all but the phone. */
  get companions(): readonly Device[] {
    return [...this.devices.values()].filter(({ id }) => id !== 0);
  }

  /** The number of the next device; one that was used isn't used again. */
  nextDevice(): number {
    return this.#nextDevice++;
  }
}
