package smsc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jsmpp.bean.Command;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.SubmitSm;
import org.jsmpp.util.DefaultDecomposer;

/** Prints each PDU that an ESME sends, before jSMPP judges it. */
final class PduLog {
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(0x80000000, "generic_nack"),
          Map.entry(1, "bind_receiver"),
          Map.entry(2, "bind_transmitter"),
          Map.entry(9, "bind_transceiver"),
          Map.entry(4, "submit_sm"),
          Map.entry(0x80000005, "deliver_sm_resp"),
          Map.entry(6, "unbind"),
          Map.entry(0x80000006, "unbind_resp"),
          Map.entry(0x15, "enquire_link"),
          Map.entry(0x80000015, "enquire_link_resp"),
          Map.entry(3, "query_sm"),
          Map.entry(0x21, "submit_multi"),
          Map.entry(0x103, "data_sm"),
          Map.entry(0x80000103, "data_sm_resp"),
          Map.entry(8, "cancel_sm"),
          Map.entry(7, "replace_sm"));

  private PduLog() {}

  static void print(int conn, Command h, byte[] pdu) {
    var e =
        new ArrayList<Object>(
            List.of(
                "event",
                "pdu",
                "conn",
                conn,
                "name",
                NAMES.getOrDefault(h.getCommandId(), String.format("0x%08x", h.getCommandId())),
                "seq",
                h.getSequenceNumber(),
                "status",
                h.getCommandStatus()));
    try {
      if (h.getCommandId() == 4) {
        SubmitSm s = new DefaultDecomposer().submitSm(pdu);
        byte[] sm = s.getShortMessage(), udh = udh(s.getEsmClass(), sm);
        var tlvs = new LinkedHashMap<String, String>();
        for (OptionalParameter p : s.getOptionalParameters()) {
          byte[] b = p.serialize();
          tlvs.put(
              String.format("0x%04x", p.tag),
              Text.hex(java.util.Arrays.copyOfRange(b, 4, b.length)));
        }
        e.addAll(
            List.of(
                "from",
                s.getSourceAddr(),
                "from_ton",
                s.getSourceAddrTon(),
                "from_npi",
                s.getSourceAddrNpi(),
                "to",
                s.getDestAddress(),
                "to_ton",
                s.getDestAddrTon(),
                "to_npi",
                s.getDestAddrNpi(),
                "service_type",
                String.valueOf(s.getServiceType()),
                "esm_class",
                s.getEsmClass() & 0xFF,
                "protocol_id",
                s.getProtocolId() & 0xFF,
                "registered_delivery",
                s.getRegisteredDelivery() & 0xFF,
                "data_coding",
                s.getDataCoding() & 0xFF,
                "validity",
                String.valueOf(s.getValidityPeriod()),
                "udh",
                Text.hex(udh),
                "short_message",
                Text.hex(sm),
                "tlvs",
                tlvs));
      }
    } catch (Exception x) {
      e.addAll(List.of("decode_error", String.valueOf(x)));
    }
    e.addAll(List.of("pdu", Text.hex(pdu)));
    Json.event(e.toArray());
  }

  static byte[] udh(byte esm, byte[] sm) {
    return (esm & 0x40) != 0 && sm.length > 0 && (sm[0] & 0xFF) < sm.length
        ? java.util.Arrays.copyOf(sm, (sm[0] & 0xFF) + 1)
        : new byte[0];
  }
}
