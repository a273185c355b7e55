package smsc;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** One JSON object on one line for every event, on stdout and in a list that `events` reads. */
final class Json {
  private static final PrintStream OUT =
      new PrintStream(
          new java.io.FileOutputStream(java.io.FileDescriptor.out), false, StandardCharsets.UTF_8);
  private static final List<String> KEPT = new java.util.ArrayList<>();
  static volatile boolean quiet;

  private Json() {}

  static void event(Object... keysAndValues) {
    if (quiet) return;
    String line = object(keysAndValues);
    synchronized (KEPT) {
      KEPT.add(line);
      OUT.println(line);
      OUT.flush();
    }
  }

  /** events from index `after` on, as a JSON array */
  static String since(int after) {
    synchronized (KEPT) {
      return "["
          + String.join(",\n", KEPT.subList(Math.min(after, KEPT.size()), KEPT.size()))
          + "]";
    }
  }

  static String object(Object... kv) {
    var b = new StringBuilder("{");
    for (int i = 0; i < kv.length; i += 2)
      if (kv[i + 1] != null)
        b.append(b.length() > 1 ? "," : "")
            .append(value(kv[i]))
            .append(':')
            .append(value(kv[i + 1]));
    return b.append('}').toString();
  }

  private static String value(Object o) {
    if (o instanceof Number || o instanceof Boolean) return o.toString();
    if (o instanceof Map<?, ?> m) {
      Object[] kv =
          m.entrySet().stream()
              .flatMap(e -> java.util.stream.Stream.of(e.getKey(), e.getValue()))
              .toArray();
      return object(kv);
    }
    if (o instanceof Collection<?> c)
      return "[" + String.join(",", c.stream().map(Json::value).toList()) + "]";
    var b = new StringBuilder("\"");
    o.toString()
        .chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') b.append('\\').append((char) c);
              else if (c < 0x20 || c >= 0xD800 && c <= 0xDFFF || c == 0x2028)
                b.append(String.format("\\u%04x", c)); // lone surrogates survive
              else b.append((char) c);
            });
    return b.append('"').toString();
  }
}
