// How the loopback SMSC behaves; the names and values are those of test/peers/smsc-jsmpp, so that a test reads the same.

/** How message ids look. */
type IdStyle = "decimal" | "hex" | "HEX" | "zero" | "zerohex" | "uuid" | "empty";

/** What a test can change at any time. Times in ms; a status is SMPP's number. */
export interface SmscSettings {
  systemId: string;
  password: string;
  bind: "ok" | "ignore" | number;
  /** What happens to a submit_sm: an error status, no answer, a generic_nack, or the end of the connection. */
  submit: "ok" | "drop" | "nack" | "close" | number;
  /** To how many submit_sm that happens before it is `ok` again. */
  next: number;
  respDelay: number;
  ids: IdStyle;
  receipts: boolean;
  receiptDelay: number;
  /** `early`: the receipt goes out before the submit response. */
  receiptWhen: "after" | "early";
  receiptState: string;
  enquire: "ok" | "ignore";
  /** How many deliver_sm may be unanswered at a time; more wait here. */
  deliverWindow: number;
}

export const DEFAULT_SETTINGS: Readonly<SmscSettings> = {
  systemId: "test",
  password: "secret",
  bind: "ok",
  submit: "ok",
  next: Number.POSITIVE_INFINITY,
  respDelay: 0,
  ids: "decimal",
  receipts: true,
  receiptDelay: 50,
  receiptWhen: "after",
  receiptState: "DELIVRD",
  enquire: "ok",
  deliverWindow: 100,
};

/** The id of the nth message. */
export function idOf(n: number, style: IdStyle): string {
  switch (style) {
    case "decimal":
      return String(n);
    case "hex":
      return n.toString(16);
    case "HEX":
      return n.toString(16).toUpperCase();
    case "zero":
      return String(n).padStart(10, "0");
    case "zerohex":
      return n.toString(16).toUpperCase().padStart(8, "0");
    case "uuid":
      return `12345678-0000-0000-0000-${n.toString(16).padStart(12, "0")}`;
    case "empty":
      return "";
  }
}
