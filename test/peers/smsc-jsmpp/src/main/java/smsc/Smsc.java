package smsc;

import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocketFactory;
import org.jsmpp.bean.OptionalParameter;

/**
 * An SMSC on loopback for tests of an ESME. Events on stdout, commands on stdin and by HTTP; see
 * README.md.
 */
public final class Smsc {
  static final List<Peer> PEERS = new CopyOnWriteArrayList<>();
  static final AtomicLong received = new AtomicLong();
  private static final AtomicInteger REF = new AtomicInteger();
  private static final Settings SET = new Settings(Settings.DEFAULTS);
  private static final ScheduledExecutorService TIMER =
      Executors.newScheduledThreadPool(
          4,
          r -> {
            var t = new Thread(r);
            t.setDaemon(true);
            return t;
          });

  public static void main(String[] args) throws Exception {
    int port = 2775, control = 0;
    boolean tls = false;
    for (String a : args) {
      if (a.startsWith("--port=")) port = Integer.parseInt(a.substring(7));
      else if (a.startsWith("--control=")) control = Integer.parseInt(a.substring(10));
      else if (a.equals("--tls"))
        tls = true; // -Djavax.net.ssl.keyStore=x.p12 -Djavax.net.ssl.keyStorePassword=...
      else if (a.equals("--quiet")) Json.quiet = true;
      else if (a.startsWith("--")) SET.change(Settings.parse(a.substring(2)));
      else
        throw new IllegalArgumentException(
            "--port= --control= --tls --quiet or --<setting>=, not " + a);
    }
    var loopback = InetAddress.getByName("127.0.0.1");
    ServerSocket server =
        (tls ? SSLServerSocketFactory.getDefault() : ServerSocketFactory.getDefault())
            .createServerSocket(port, 50, loopback);
    var http = HttpServer.create(new InetSocketAddress(loopback, control), 0);
    http.setExecutor(Executors.newCachedThreadPool());
    http.createContext(
        "/",
        x -> {
          byte[] answer;
          int code = 200;
          try {
            answer = run(x.getRequestURI()).getBytes(StandardCharsets.UTF_8);
          } catch (Exception e) {
            code = 400;
            answer =
                Json.object("error", String.valueOf(e.getMessage()))
                    .getBytes(StandardCharsets.UTF_8);
          }
          x.sendResponseHeaders(code, answer.length);
          x.getResponseBody().write(answer);
          x.close();
        });
    http.start();
    Json.event(
        "event",
        "ready",
        "port",
        server.getLocalPort(),
        "control",
        http.getAddress().getPort(),
        "tls",
        tls,
        "pid",
        ProcessHandle.current().pid());
    new Thread(Smsc::stdin, "stdin").start();
    while (true) {
      var peer = new Peer(server.accept(), SET, TIMER);
      PEERS.add(peer);
      Json.event("event", "connect", "conn", peer.conn);
      new Thread(peer::bind, "bind-" + peer.conn).start();
    }
  }

  private static void stdin() {
    try (var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line; (line = in.readLine()) != null; )
        if (!line.isBlank()) {
          try {
            String r = run(new URI("/" + line.strip()));
            Json.event("event", "done", "command", line, "answer", r);
          } catch (Exception e) {
            Json.event("event", "error", "command", line, "error", String.valueOf(e.getMessage()));
          }
        }
    } catch (java.io.IOException e) {
      /* no stdin: HTTP only */
    }
  }

  /** one command: `name?key=value&...` */
  private static String run(URI line) throws Exception {
    Settings o = Settings.parse(line.getRawQuery());
    String name = line.getPath().substring(1);
    switch (name) {
      case "set":
        SET.change(o);
        return Json.object("settings", SET.all());
      case "events":
        return Json.since(o.number("after", 0));
      case "sessions":
        return Json.object(
            "received",
            received.get(),
            "sessions",
            PEERS.stream().map(p -> p.conn + ":" + p.session.getSessionState()).toList());
      case "quit":
        new Thread(() -> System.exit(0)).start();
        return "{}";
      default:
    }
    Peer p = peer(o);
    switch (name) {
      case "deliver":
        return statuses(deliver(p, o), o);
      case "flood":
        { // n short texts as fast as the link takes them
          long t0 = System.nanoTime();
          var all = new ArrayList<CompletableFuture<Integer>>();
          int window = o.number("window", 100);
          for (int i = 0; i < o.number("n", 1000); i++) {
            if (i >= window) all.get(i - window).get(60, TimeUnit.SECONDS);
            all.add(
                p.deliver(
                    o.text("from", "447700900001"),
                    o.text("to", "12345"),
                    0,
                    0,
                    ("flood " + i).getBytes(),
                    o));
          }
          for (var f : all) f.get(60, TimeUnit.SECONDS);
          return Json.object(
              "n",
              all.size(),
              "ok",
              all.stream().filter(f -> f.join() == 0).count(),
              "seconds",
              (System.nanoTime() - t0) / 1e9);
        }
      case "receipt":
        return statuses(
            List.of(
                p.receipt(
                    o.text("id"),
                    o.text("from", "12345"),
                    o.text("to", "447700900001"),
                    o.text("state", "DELIVRD"),
                    o.text("form", "both"),
                    o.text("err", "000"))),
            o);
      case "raw":
        p.write(Text.unhex(o.text("hex")));
        return "{}";
      case "cut":
        { // the first octets of a deliver_sm, then the end of the connection
          byte[] pdu =
              p.deliverPdu(
                  7, "447700900001", "12345", 0, 0, o.text("text", "cut off").getBytes(), o);
          p.write(java.util.Arrays.copyOf(pdu, Math.min(o.number("bytes", 20), pdu.length)));
          Thread.sleep(50);
          p.close();
          return "{}";
        }
      case "close":
        p.close();
        return "{}";
      case "reset":
        p.socket.setSoLinger(true, 0);
        p.close();
        return "{}";
      case "unbind":
        new Thread(p.session::unbindAndClose).start();
        return "{}";
      case "enquire":
        p.write(Text.unhex("00000010 00000015 00000000 000f423f"));
        return "{}";
      default:
        throw new IllegalArgumentException(
            "set events sessions quit deliver flood receipt raw cut close reset unbind enquire, not "
                + name);
    }
  }

  private static Peer peer(Settings o) throws InterruptedException {
    for (int i = 0; i < 100; i++, Thread.sleep(50)) // up to 5 s for a bind
    for (int k = PEERS.size() - 1; k >= 0; k--) {
        Peer p = PEERS.get(k);
        if (o.has("conn")
            ? p.conn == o.number("conn", 0)
            : p.bound != null
                && (p.session.getSessionState().isReceivable() || !o.has("text") && !o.has("id")))
          return p;
      }
    throw new IllegalStateException("nobody is bound who can receive");
  }

  private static List<CompletableFuture<Integer>> deliver(Peer p, Settings o) {
    String text = o.text("text"),
        coding = o.text("coding", Text.isGsm(text) ? "gsm" : "ucs2"),
        concat = o.text("concat", "udh");
    String from = o.text("from", "447700900001"), to = o.text("to", "12345");
    byte[] octets = o.has("hex") ? Text.unhex(o.text("hex")) : Text.encode(text, coding);
    int dc = o.number("dc", Text.dataCoding(coding)), esm = o.number("esm", 0);
    var extra = new ArrayList<OptionalParameter>();
    if (o.has("tlv"))
      for (String t : o.text("tlv").split(",")) {
        String[] kv = t.split(":");
        extra.add(
            new OptionalParameter.OctetString(
                Integer.decode(kv[0]).shortValue(), Text.unhex(kv[1])));
      }
    var sent = new ArrayList<CompletableFuture<Integer>>();
    boolean wide = dc == 8;
    int one = wide || coding.equals("gsm") && octets.length <= 160 ? wide ? 140 : 160 : 140;
    if (concat.equals("payload")) {
      extra.add(new OptionalParameter.OctetString((short) 0x0424, octets));
      sent.add(
          p.deliver(from, to, esm, dc, new byte[0], o, extra.toArray(OptionalParameter[]::new)));
    } else if (concat.equals("none") || octets.length <= one && !o.has("size")) {
      sent.add(p.deliver(from, to, esm, dc, octets, o, extra.toArray(OptionalParameter[]::new)));
    } else {
      int size =
          o.number(
              "size",
              wide
                  ? concat.equals("udh16") ? 132 : 134
                  : coding.equals("gsm") ? concat.equals("udh16") ? 152 : 153 : 134);
      List<byte[]> parts = Text.split(octets, size, coding, !o.has("dirty"));
      int ref = o.number("ref", REF.getAndIncrement() & 0xFF), n = parts.size();
      var order = new ArrayList<Integer>();
      if (o.has("parts"))
        for (String i : o.text("parts").split(",")) order.add(Integer.parseInt(i));
      else for (int i = 1; i <= n; i++) order.add(i);
      for (int i : order) {
        byte[] body = parts.get(i - 1);
        var tlvs = new ArrayList<>(extra);
        int bits = esm;
        switch (concat) {
          case "udh" -> {
            body = Text.join(new byte[] {5, 0, 3, (byte) ref, (byte) n, (byte) i}, body);
            bits |= 0x40;
          }
          case "udh16" -> {
            body =
                Text.join(
                    new byte[] {6, 8, 4, (byte) (ref >> 8), (byte) ref, (byte) n, (byte) i}, body);
            bits |= 0x40;
          }
          case "sar" -> {
            tlvs.add(new OptionalParameter.Sar_msg_ref_num((short) ref));
            tlvs.add(new OptionalParameter.Sar_total_segments((byte) n));
            tlvs.add(new OptionalParameter.Sar_segment_seqnum((byte) i));
          }
          default ->
              throw new IllegalArgumentException(
                  "concat udh|udh16|sar|payload|none, not " + concat);
        }
        sent.add(p.deliver(from, to, bits, dc, body, o, tlvs.toArray(OptionalParameter[]::new)));
      }
    }
    return sent;
  }

  /**
   * waits (wait=ms, 5000 unless told; 0: not at all) for the deliver_sm_resp of each part: -1 the
   * link died, -2 no answer in time
   */
  private static String statuses(List<CompletableFuture<Integer>> sent, Settings o)
      throws Exception {
    int wait = o.number("wait", 5000);
    var all = new ArrayList<Integer>();
    for (var f : sent)
      all.add(f.completeOnTimeout(-2, Math.max(wait, 1), TimeUnit.MILLISECONDS).get());
    return Json.object("parts", sent.size(), "status", all);
  }
}
