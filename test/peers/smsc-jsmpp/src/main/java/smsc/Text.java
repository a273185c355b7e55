package smsc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Octets of a text as an SMSC sends them (GSM 03.38 unpacked, Latin-1, UCS-2), and the split into
 * parts.
 */
final class Text {
  private static final String GSM =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  private static final int[][] EXT_CODES = {
    {'\f', 0x0A},
    {'^', 0x14},
    {'{', 0x28},
    {'}', 0x29},
    {'\\', 0x2F},
    {'[', 0x3C},
    {'~', 0x3D},
    {']', 0x3E},
    {'|', 0x40},
    {'€', 0x65}
  };

  private Text() {}

  static byte[] encode(String text, String coding) {
    return switch (coding) {
      case "gsm" -> gsm(text);
      case "latin1" -> text.getBytes(StandardCharsets.ISO_8859_1);
      case "ascii" -> text.getBytes(StandardCharsets.US_ASCII);
      case "utf8" -> text.getBytes(StandardCharsets.UTF_8);
      case "ucs2" -> text.getBytes(StandardCharsets.UTF_16BE);
      case "ucs2le" -> text.getBytes(StandardCharsets.UTF_16LE);
      default ->
          throw new IllegalArgumentException(
              "coding gsm|latin1|ascii|utf8|ucs2|ucs2le, not " + coding);
    };
  }

  static int dataCoding(String coding) {
    return switch (coding) {
      case "ascii" -> 1;
      case "latin1" -> 3;
      case "ucs2", "ucs2le" -> 8;
      default -> 0;
    };
  }

  /** true when GSM 03.38 with its extension table can carry the whole text */
  static boolean isGsm(String text) {
    return text.codePoints().allMatch(c -> GSM.indexOf(c) >= 0 && c != 0x1b || ext(c) >= 0);
  }

  private static int ext(int c) {
    for (int[] e : EXT_CODES) if (e[0] == c) return e[1];
    return -1;
  }

  private static byte[] gsm(String text) {
    var out = new ByteArrayOutputStream();
    text.codePoints()
        .forEach(
            c -> {
              int e = ext(c);
              if (e >= 0) {
                out.write(0x1b);
                out.write(e);
              } else out.write(Math.max(GSM.indexOf(c), -1) < 0 ? '?' : GSM.indexOf(c));
            });
    return out.toByteArray();
  }

  static String decode(byte[] octets, int dataCoding) {
    return switch (dataCoding) {
      case 0 -> ungsm(octets);
      case 1 -> new String(octets, StandardCharsets.US_ASCII);
      case 3 -> new String(octets, StandardCharsets.ISO_8859_1);
      case 8 -> new String(octets, StandardCharsets.UTF_16BE);
      default -> null;
    };
  }

  private static String ungsm(byte[] octets) {
    var out = new StringBuilder();
    for (int i = 0; i < octets.length; i++) {
      int c = octets[i] & 0xFF, e = -1;
      if (c == 0x1b && i + 1 < octets.length)
        for (int[] x : EXT_CODES) if (x[1] == octets[i + 1]) e = x[0];
      if (e >= 0) {
        out.append((char) e);
        i++;
      } else out.append(c < 128 ? GSM.charAt(c) : '\uFFFD');
    }
    return out.toString();
  }

  /**
   * Cuts octets every `size`; `clean` keeps surrogate pairs (UCS-2) and escape pairs (GSM) whole,
   * as a good peer does; Kannel does not.
   */
  static List<byte[]> split(byte[] octets, int size, String coding, boolean clean) {
    var parts = new ArrayList<byte[]>();
    for (int from = 0; from < octets.length || parts.isEmpty(); ) {
      int to = Math.min(from + size, octets.length);
      if (clean && to < octets.length) {
        if (coding.equals("ucs2") && (octets[to - 2] & 0xFC) == 0xD8) to -= 2;
        if (coding.equals("gsm") && octets[to - 1] == 0x1b) to -= 1;
      }
      parts.add(java.util.Arrays.copyOfRange(octets, from, to));
      from = to;
    }
    return parts;
  }

  static byte[] unhex(String s) {
    return java.util.HexFormat.of().parseHex(s.replaceAll("[\\s:]", ""));
  }

  static String hex(byte[] b) {
    return java.util.HexFormat.of().formatHex(b);
  }

  static byte[] join(byte[] a, byte[] b) {
    byte[] r = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, r, a.length, b.length);
    return r;
  }
}
