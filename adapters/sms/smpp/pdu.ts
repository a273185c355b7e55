import type { CommandName } from "./constants.ts";

/** An address as it stands in a PDU. */
export interface SmeAddress {
  readonly ton: number;
  readonly npi: number;
  /** At most 20 octets by the standard; more is taken. */
  readonly digits: string;
}

/** An optional parameter. */
export interface Tlv {
  readonly tag: number;
  readonly value: Buffer;
}

/** The fields that submit_sm, deliver_sm and data_sm have in common. */
export interface MessageAddressing {
  readonly serviceType: string;
  readonly source: SmeAddress;
  readonly destination: SmeAddress;
  readonly esmClass: number;
  readonly registeredDelivery: number;
  readonly dataCoding: number;
  readonly tlvs: readonly Tlv[];
}

/** The rest of submit_sm and deliver_sm. Times are in the format of 7.1.1, empty for none. */
export interface ShortMessageFields extends MessageAddressing {
  readonly protocolId: number;
  readonly priority: number;
  readonly scheduled: string;
  readonly validity: string;
  readonly replaceIfPresent: number;
  readonly defaultMessageId: number;
  readonly text: Buffer;
}

/** The names of the three ways to bind. */
export type BindCommand = "bind_receiver" | "bind_transmitter" | "bind_transceiver";

/** A union with one member for each command, so that `PduOf` can pick them. */
type Each<C extends CommandName, Fields = unknown> = C extends CommandName
  ? { readonly command: C } & Fields
  : never;

/** What a PDU holds after its header. */
export type PduBody =
  | Each<BindCommand, BindFields>
  | Each<`${BindCommand}_resp`, { readonly systemId: string; readonly tlvs: readonly Tlv[] }>
  | Each<"outbind", { readonly systemId: string; readonly password: string }>
  | Each<"submit_sm" | "deliver_sm", ShortMessageFields>
  | Each<"data_sm", MessageAddressing>
  | Each<MessageResponse, { readonly messageId: string; readonly tlvs: readonly Tlv[] }>
  | Each<"alert_notification", AlertFields>
  | Each<"unbind" | "unbind_resp" | "enquire_link" | "enquire_link_resp" | "generic_nack">;

/** The responses that may carry a message id. */
type MessageResponse = "submit_sm_resp" | "deliver_sm_resp" | "data_sm_resp";

/** The fields of a bind. */
interface BindFields {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  readonly interfaceVersion: number;
  readonly addressRange: SmeAddress;
}

/** The fields of an alert_notification. */
interface AlertFields {
  readonly source: SmeAddress;
  readonly esme: SmeAddress;
  readonly tlvs: readonly Tlv[];
}

/** A PDU: what its header says beside length and id, and its body. */
export type Pdu = { readonly status: number; readonly sequence: number } & PduBody;

/** A PDU of one or some commands. */
export type PduOf<C extends CommandName> = Extract<Pdu, { readonly command: C }>;

/** The first value of a tag. */
export function tlv(tlvs: readonly Tlv[], tag: number): Buffer | undefined {
  return tlvs.find((one) => one.tag === tag)?.value;
}
