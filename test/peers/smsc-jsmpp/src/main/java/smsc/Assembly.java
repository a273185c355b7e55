package smsc;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.SubmitSm;

/** Joins the parts of what an ESME submits into whole messages. */
final class Assembly {
  private static final Map<String, byte[][]> PARTS = new ConcurrentHashMap<>();
  private static final Map<String, List<String>> PART_IDS = new ConcurrentHashMap<>();

  private Assembly() {}

  /** whole messages, joined as octets and decoded once: what a phone would show */
  static void add(int conn, SubmitSm s, String id) {
    byte[] sm = s.getShortMessage(), udh = PduLog.udh(s.getEsmClass(), sm);
    byte[] body = java.util.Arrays.copyOfRange(sm, udh.length, sm.length);
    int ref = -1, total = 1, part = 1;
    for (int i = 1; i + 1 < udh.length; i += 2 + (udh[i + 1] & 0xFF)) {
      if (udh[i] == 0 && udh[i + 1] == 3) {
        ref = udh[i + 2] & 0xFF;
        total = udh[i + 3] & 0xFF;
        part = udh[i + 4] & 0xFF;
      }
      if (udh[i] == 8 && udh[i + 1] == 4) {
        ref = (udh[i + 2] & 0xFF) << 8 | udh[i + 3] & 0xFF;
        total = udh[i + 4] & 0xFF;
        part = udh[i + 5] & 0xFF;
      }
    }
    for (OptionalParameter p : s.getOptionalParameters()) {
      byte[] v = java.util.Arrays.copyOfRange(p.serialize(), 4, p.serialize().length);
      if (p.tag == 0x0424) body = v;
      if (p.tag == 0x020C) ref = (v[0] & 0xFF) << 8 | v[1] & 0xFF;
      if (p.tag == 0x020E) total = v[0] & 0xFF;
      if (p.tag == 0x020F) part = v[0] & 0xFF;
    }
    String key = s.getSourceAddr() + ">" + s.getDestAddress() + "#" + ref + "/" + total;
    if (part < 1 || part > total) {
      Json.event("event", "bad_part", "conn", conn, "key", key, "part", part);
      return;
    }
    if (total == 1) {
      message(conn, s, List.of(id), body);
      return;
    }
    byte[][] parts = PARTS.computeIfAbsent(key, k -> new byte[256][]);
    PART_IDS.computeIfAbsent(key, k -> new ArrayList<>()).add(id);
    if (parts[part] != null)
      Json.event("event", "duplicate_part", "conn", conn, "key", key, "part", part);
    parts[part] = body;
    byte[] all = new byte[0];
    for (int i = 1; i <= total; i++) {
      if (parts[i] == null) return;
      all = Text.join(all, parts[i]);
    }
    PARTS.remove(key);
    message(conn, s, PART_IDS.remove(key), all);
  }

  private static void message(int conn, SubmitSm s, List<String> ids, byte[] body) {
    Json.event(
        "event",
        "message",
        "conn",
        conn,
        "from",
        s.getSourceAddr(),
        "to",
        s.getDestAddress(),
        "parts",
        ids.size(),
        "ids",
        ids,
        "data_coding",
        s.getDataCoding() & 0xFF,
        "text",
        Text.decode(body, s.getDataCoding() & 0xFF),
        "octets",
        Text.hex(body));
  }
}
