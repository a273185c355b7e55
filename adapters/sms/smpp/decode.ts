import { COMMAND, type CommandName, HEADER, RESPONSE_BIT, STATUS } from "./constants.ts";
import { BodyError, OctetReader } from "./octets.ts";
import type { BindCommand, Pdu, PduBody } from "./pdu.ts";

/** Why a whole PDU can't be read, and how to answer it. */
export interface PduProblem {
  readonly what: "unknown-command" | "truncated" | "tlv";
  /** Its command, where it is a known one. */
  readonly command: CommandName | undefined;
  readonly isResponse: boolean;
  readonly sequence: number;
  /** The status in the header of the damaged PDU: of a response it says what became of the request. */
  readonly status: number;
  /** What to answer with. */
  readonly answer: number;
}

type Decoded = { readonly pdu: Pdu } | { readonly problem: PduProblem };

const NAMES = new Map<number, CommandName>(
  // Object.entries widens the keys of a constant object to string.
  (Object.entries(COMMAND) as [CommandName, number][]).map(([name, id]) => [id, name]),
);

/**
 * Reads one whole PDU, as the framer gives it (16 octets or more). Any octets give a PDU or a problem; it never throws.
 * A response may lack its body or have a damaged one: what its status says is worth more.
 */
export function decodePdu(frame: Buffer): Decoded {
  const id = frame.readUInt32BE(4);
  const status = frame.readUInt32BE(8);
  const sequence = frame.readUInt32BE(12);
  const command = NAMES.get(id);
  const isResponse = id >= RESPONSE_BIT;
  if (command === undefined) {
    const answer = STATUS.invalidCommandId;
    return { problem: { what: "unknown-command", command, isResponse, sequence, status, answer } };
  }
  try {
    return { pdu: { status, sequence, ...readBody(command, new OctetReader(frame, HEADER)) } };
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    const answer = error.what === "tlv" ? STATUS.invalidTlvs : STATUS.invalidMessageLength;
    return { problem: { what: error.what, command, isResponse, sequence, status, answer } };
  }
}

function readBody(command: CommandName, body: OctetReader): PduBody {
  switch (command) {
    case "submit_sm":
    case "deliver_sm":
      return { command, ...readShortMessage(body) };
    case "submit_sm_resp":
    case "deliver_sm_resp":
    case "data_sm_resp":
      return { command, ...readMessageId(body) };
    case "bind_receiver":
    case "bind_transmitter":
    case "bind_transceiver":
      return readBind(command, body);
    case "bind_receiver_resp":
    case "bind_transmitter_resp":
    case "bind_transceiver_resp": {
      const { messageId: systemId, tlvs } = readMessageId(body);
      return { command, systemId, tlvs };
    }
    case "data_sm":
      return { command, ...readDataMessage(body) };
    case "outbind":
      return { command, systemId: body.cString(), password: body.cString() };
    case "alert_notification":
      return { command, source: body.address(), esme: body.address(), tlvs: body.tlvs() };
    default:
      return { command };
  }
}

function readShortMessage(body: OctetReader) {
  const serviceType = body.cString();
  const source = body.address();
  const destination = body.address();
  const esmClass = body.byte();
  const protocolId = body.byte();
  const priority = body.byte();
  const scheduled = body.cString();
  const validity = body.cString();
  const registeredDelivery = body.byte();
  const replaceIfPresent = body.byte();
  const dataCoding = body.byte();
  const defaultMessageId = body.byte();
  const text = body.take(body.byte());
  const tlvs = body.tlvs();
  return {
    ...{ serviceType, source, destination, esmClass, protocolId, priority, scheduled, validity },
    ...{ registeredDelivery, replaceIfPresent, dataCoding, defaultMessageId, text, tlvs },
  };
}

function readDataMessage(body: OctetReader) {
  const serviceType = body.cString();
  const source = body.address();
  const destination = body.address();
  const esmClass = body.byte();
  const registeredDelivery = body.byte();
  const dataCoding = body.byte();
  return { serviceType, source, destination, esmClass, registeredDelivery, dataCoding, tlvs: body.tlvs() };
}

function readBind(command: BindCommand, body: OctetReader) {
  return {
    command,
    systemId: body.cString(),
    password: body.cString(),
    systemType: body.cString(),
    interfaceVersion: body.byte(),
    addressRange: body.address(),
  };
}

/** Lenient: absent with an error status (4.4.2), and some SMSCs leave the NUL or the whole id out. */
function readMessageId(body: OctetReader) {
  try {
    return { messageId: body.left === 0 ? "" : body.cString(), tlvs: body.tlvs() };
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    return { messageId: "", tlvs: [] };
  }
}
