// Numbers of SMPP 3.4 (issue 1.2): command ids 5.1.2.1, statuses 5.1.3, TLV tags 5.3.2.

/** `command_id` of each PDU that an ESME sends or meets. */
export const COMMAND = {
  generic_nack: 0x80000000,
  bind_receiver: 0x00000001,
  bind_receiver_resp: 0x80000001,
  bind_transmitter: 0x00000002,
  bind_transmitter_resp: 0x80000002,
  submit_sm: 0x00000004,
  submit_sm_resp: 0x80000004,
  deliver_sm: 0x00000005,
  deliver_sm_resp: 0x80000005,
  unbind: 0x00000006,
  unbind_resp: 0x80000006,
  bind_transceiver: 0x00000009,
  bind_transceiver_resp: 0x80000009,
  outbind: 0x0000000b,
  enquire_link: 0x00000015,
  enquire_link_resp: 0x80000015,
  alert_notification: 0x00000102,
  data_sm: 0x00000103,
  data_sm_resp: 0x80000103,
} as const;

/** The PDUs of `COMMAND` by name. */
export type CommandName = keyof typeof COMMAND;

/** The bit of `command_id` that marks a response. */
export const RESPONSE_BIT = 0x80000000;

/** The statuses that the adapter itself gives or looks for; outbound/statuses.ts has what all others mean. */
export const STATUS = {
  ok: 0x00000000,
  invalidMessageLength: 0x00000001,
  invalidCommandLength: 0x00000002,
  invalidCommandId: 0x00000003,
  invalidBindStatus: 0x00000004,
  alreadyBound: 0x00000005,
  systemError: 0x00000008,
  bindFailed: 0x0000000d,
  invalidPassword: 0x0000000e,
  invalidSystemId: 0x0000000f,
  queueFull: 0x00000014,
  invalidSystemType: 0x00000053,
  throttled: 0x00000058,
  receiverTemporary: 0x00000064,
  invalidTlvs: 0x000000c0,
} as const;

/** Tags of the optional parameters that are read or written. */
export const TAG = {
  receiptedMessageId: 0x001e,
  userMessageReference: 0x0204,
  sarReference: 0x020c,
  sarTotal: 0x020e,
  sarIndex: 0x020f,
  messagePayload: 0x0424,
  messageState: 0x0427,
} as const;

/** Bits of `esm_class`, 5.2.12. */
export const ESM = {
  /** The kind of a deliver_sm: 0 is a text. */
  kindMask: 0x3c,
  receipt: 0x04,
  intermediate: 0x20,
  /** The message begins with a user data header. */
  udh: 0x40,
} as const;

/** Type of number, 5.2.5. */
export const TON = { unknown: 0, international: 1, national: 2, alphanumeric: 5 } as const;

/** The greatest PDU taken, in octets: a full `message_payload` and all fields around it. */
export const MAX_PDU = 0x11000;
/** The header of every PDU, in octets. */
export const HEADER = 16;
/** What a bind says we speak. */
export const INTERFACE_VERSION = 0x34;

/** A status as reports and logs name it: `smpp-0x0b`. */
export function statusName(status: number): string {
  return `smpp-0x${status.toString(16).padStart(2, "0")}`;
}
