package smsc;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Named texts with defaults. The whole behaviour of the SMSC is one of these; the parameters of one
 * command another.
 */
final class Settings {
  static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("system_id", "test"),
          Map.entry("password", "secret"),
          Map.entry("name", "jsmpp"),
          Map.entry("bind", "ok"),
          Map.entry("bind_delay", "0"),
          Map.entry("bind_timeout", "10000"),
          Map.entry("idle", "30000"),
          Map.entry("transaction", "5000"),
          Map.entry("enquire", "ok"),
          Map.entry("submit", "ok"),
          Map.entry("next", "-1"),
          Map.entry("resp_delay", "0"),
          Map.entry("ids", "decimal"),
          Map.entry("receipts", "auto"),
          Map.entry("receipt_delay", "50"),
          Map.entry("receipt_when", "after"),
          Map.entry("receipt_form", "both"),
          Map.entry("receipt_ids", "same"),
          Map.entry("receipt_state", "DELIVRD"));
  private final Map<String, String> values;

  Settings(Map<String, String> defaults) {
    values = new ConcurrentHashMap<>(defaults);
  }

  /** `a=1&b=2`, percent-encoded UTF-8 */
  static Settings parse(String query) {
    var s = new Settings(Map.of());
    if (query != null)
      for (String pair : query.split("&"))
        if (!pair.isEmpty()) {
          String[] kv = pair.split("=", 2);
          s.values.put(
              URLDecoder.decode(kv[0], StandardCharsets.UTF_8),
              kv.length < 2 ? "1" : URLDecoder.decode(kv[1], StandardCharsets.UTF_8));
        }
    return s;
  }

  String text(String key) {
    return values.getOrDefault(key, "");
  }

  String text(String key, String otherwise) {
    return values.getOrDefault(key, otherwise);
  }

  long number(String key) {
    return Long.decode(values.get(key));
  }

  int number(String key, int otherwise) {
    return values.containsKey(key) ? Integer.decode(values.get(key)) : otherwise;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  Map<String, String> all() {
    return new java.util.TreeMap<>(values);
  }

  /** the changed keys must be known ones */
  synchronized void change(Settings to) {
    to.values
        .keySet()
        .forEach(
            k -> {
              if (!DEFAULTS.containsKey(k))
                throw new IllegalArgumentException(
                    "no setting "
                        + k
                        + "; there are "
                        + new java.util.TreeSet<>(DEFAULTS.keySet()));
            });
    values.putAll(to.values);
  }

  /**
   * what happens to this submit_sm: `submit` counts down `next`, then is ok again; next=-1 is for
   * ever
   */
  synchronized String rule() {
    String rule = values.get("submit");
    long left = number("next");
    if (rule.equals("ok") || left < 0) return rule;
    if (left <= 1) {
      values.put("submit", "ok");
      values.put("next", "-1");
    } else values.put("next", Long.toString(left - 1));
    return left == 0 ? "ok" : rule;
  }
}
