import { jidDecode, jidEncode } from "baileys";

/** The two forms in which a person is named: by LID, or by phone number. */
export type Form = "lid" | "pn";

/** The server's own name. */
export const SERVER = "@s.whatsapp.net";

/** A person's JID in one form; with a device other than the phone (0) the device's. */
export function userJid(user: string, form: Form, device = 0): string {
  return jidEncode(user, form === "lid" ? "lid" : "s.whatsapp.net", device === 0 ? undefined : device);
}

/** A group's JID. */
export function groupJid(id: string): string {
  return jidEncode(id, "g.us");
}

/** What stands before the @, without a device. */
export function userOf(jid: string): string {
  return jidDecode(jid)?.user ?? "";
}

/** The device that a JID names; the phone (0) when it names none. */
export function deviceOf(jid: string): number {
  return jidDecode(jid)?.device ?? 0;
}

/** The form of a person's JID. */
export function formOf(jid: string): Form {
  return jid.endsWith("@lid") ? "lid" : "pn";
}

export function isGroup(jid: string): boolean {
  return jid.endsWith("@g.us");
}
