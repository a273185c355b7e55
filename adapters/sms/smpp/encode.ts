import { COMMAND } from "./constants.ts";
import { OctetWriter } from "./octets.ts";
import type { MessageAddressing, Pdu, PduOf } from "./pdu.ts";

/** The octets of a PDU. An error status leaves out the body of the responses that have none then (4.1.2, 4.4.2). */
export function encodePdu(pdu: Pdu): Buffer {
  const writer = new OctetWriter();
  writeBody(writer, pdu);
  return writer.frame(COMMAND[pdu.command], pdu.status, pdu.sequence);
}

function writeBody(writer: OctetWriter, pdu: Pdu): void {
  switch (pdu.command) {
    case "submit_sm":
    case "deliver_sm":
      writeShortMessage(writer, pdu);
      return;
    case "data_sm":
      writeAddresses(writer, pdu).bytes(pdu.esmClass, pdu.registeredDelivery, pdu.dataCoding).tlvs(pdu.tlvs);
      return;
    case "submit_sm_resp":
    case "data_sm_resp":
      if (pdu.status === 0) writer.cString(pdu.messageId).tlvs(pdu.tlvs);
      return;
    case "deliver_sm_resp":
      // The message_id is unused, and there is always one (4.6.2).
      writer.cString(pdu.messageId).tlvs(pdu.tlvs);
      return;
    case "bind_receiver":
    case "bind_transmitter":
    case "bind_transceiver":
      writer.cString(pdu.systemId).cString(pdu.password).cString(pdu.systemType);
      writer.bytes(pdu.interfaceVersion).address(pdu.addressRange);
      return;
    case "bind_receiver_resp":
    case "bind_transmitter_resp":
    case "bind_transceiver_resp":
      if (pdu.status === 0) writer.cString(pdu.systemId).tlvs(pdu.tlvs);
      return;
    case "outbind":
      writer.cString(pdu.systemId).cString(pdu.password);
      return;
    case "alert_notification":
      writer.address(pdu.source).address(pdu.esme).tlvs(pdu.tlvs);
      return;
    default:
    // The others are a header only.
  }
}

function writeAddresses(writer: OctetWriter, pdu: MessageAddressing): OctetWriter {
  return writer.cString(pdu.serviceType).address(pdu.source).address(pdu.destination);
}

/** @throws RangeError when the text has more than 254 octets: segmentation comes before. */
function writeShortMessage(writer: OctetWriter, pdu: PduOf<"submit_sm" | "deliver_sm">): void {
  if (pdu.text.length > 254) throw new RangeError("short_message takes at most 254 octets: split it first");
  writeAddresses(writer, pdu)
    .bytes(pdu.esmClass, pdu.protocolId, pdu.priority)
    .cString(pdu.scheduled)
    .cString(pdu.validity)
    .bytes(
      pdu.registeredDelivery,
      pdu.replaceIfPresent,
      pdu.dataCoding,
      pdu.defaultMessageId,
      pdu.text.length,
    )
    .raw(pdu.text)
    .tlvs(pdu.tlvs);
}
