package smsc;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.text.SimpleDateFormat;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jsmpp.*;
import org.jsmpp.bean.*;
import org.jsmpp.extra.ProcessRequestException;
import org.jsmpp.session.*;
import org.jsmpp.session.connection.socket.SocketConnection;
import org.jsmpp.util.MessageId;

/**
 * One connection: a jSMPP server session whose reader prints each PDU and whose sender can be told
 * to misbehave.
 */
final class Peer implements ServerMessageReceiverListener {
  private static final AtomicInteger CONNS = new AtomicInteger();
  private static final AtomicInteger IDS = new AtomicInteger(1000);

  final int conn = CONNS.incrementAndGet();
  final Settings set;
  final Socket socket;
  final SMPPServerSession session;
  final Wire wire = new Wire();
  volatile BindType bound;
  private final ScheduledExecutorService timer;
  private final OutputStream out;
  private final AtomicInteger sequence =
      new AtomicInteger(1_000_000); // far from the session's own numbers
  private final Map<Integer, CompletableFuture<Integer>> waiting = new ConcurrentHashMap<>();

  Peer(Socket socket, Settings set, ScheduledExecutorService timer) throws IOException {
    this.socket = socket;
    this.set = set;
    this.timer = timer;
    socket.setTcpNoDelay(true);
    var connection = new SocketConnection(socket);
    out = connection.getOutputStream();
    session =
        new SMPPServerSession(connection, this::onState, this, null, 1, 10_000, wire, new Reader());
    session.setEnquireLinkTimer((int) set.number("idle"));
    session.setTransactionTimer(set.number("transaction"));
  }

  /** waits for the bind, answers it, returns; the session's own threads go on */
  void bind() {
    try {
      BindRequest request = session.waitForBind(set.number("bind_timeout"));
      String rule = set.text("bind");
      if (rule.equals("ignore")) return;
      Thread.sleep(set.number("bind_delay"));
      int refused =
          rule.startsWith("0x")
              ? Integer.decode(rule)
              : !request.getSystemId().equals(set.text("system_id"))
                  ? SMPPConstant.STAT_ESME_RINVSYSID
                  : !request.getPassword().equals(set.text("password"))
                      ? SMPPConstant.STAT_ESME_RINVPASWD
                      : 0;
      if (refused == 0) {
        bound = request.getBindType();
        request.accept(set.text("name"), InterfaceVersion.IF_34);
        return;
      }
      request.reject(refused);
      Thread.sleep(100);
      session.close();
    } catch (Exception e) {
      Json.event("event", "bind_failed", "conn", conn, "why", String.valueOf(e.getMessage()));
      session.close();
    }
  }

  private void onState(
      org.jsmpp.extra.SessionState now, org.jsmpp.extra.SessionState before, Session s) {
    Json.event(
        "event",
        "state",
        "conn",
        conn,
        "state",
        now.name(),
        "was",
        before == null ? null : before.name());
    if (now == org.jsmpp.extra.SessionState.CLOSED) {
      bound = null;
      waiting.values().forEach(f -> f.complete(-1));
      Smsc.PEERS.remove(this);
    }
  }

  // what the ESME sends

  private final class Reader extends DefaultPDUReader {
    @Override
    public byte[] readPDU(DataInputStream in, Command h) throws IOException {
      if (h.getCommandLength() > 1 << 20)
        throw new IOException("command_length " + h.getCommandLength());
      byte[] pdu = super.readPDU(in, h);
      Smsc.received.incrementAndGet();
      var pending = waiting.remove(h.getCommandId() < 0 ? h.getSequenceNumber() : -1);
      if (!Json.quiet) PduLog.print(conn, h, pdu);
      if (pending != null) pending.complete(h.getCommandStatus());
      return pdu;
    }
  }

  @Override
  public SubmitSmResult onAcceptSubmitSm(SubmitSm s, SMPPServerSession from)
      throws ProcessRequestException {
    String rule = set.rule();
    if (rule.startsWith("0x")) throw new ProcessRequestException("told to", Integer.decode(rule));
    int n = IDS.incrementAndGet();
    String id = id(n, set.text("ids"));
    boolean wants = (s.getRegisteredDelivery() & 3) != 0 && set.text("receipts").equals("auto");
    boolean early = set.text("receipt_when").equals("early");
    wire.plans.put(
        s.getSequenceNumber(),
        new Plan(rule, set.number("resp_delay") + (wants && early ? 200 : 0)));
    if (wants)
      timer.schedule(
          () ->
              receipt(
                  id(
                      n,
                      set.text("receipt_ids").equals("same")
                          ? set.text("ids")
                          : set.text("receipt_ids")),
                  s.getSourceAddr(),
                  s.getDestAddress(),
                  set.text("receipt_state"),
                  set.text("receipt_form"),
                  "000"),
          early ? 0 : set.number("resp_delay") + set.number("receipt_delay"),
          TimeUnit.MILLISECONDS);
    if (!Json.quiet) Assembly.add(conn, s, id);
    try {
      return new SubmitSmResult(new MessageId(id), OptionalParameters.EMPTY_OPTIONAL_PARAMETERS);
    } catch (PDUStringException e) {
      throw new ProcessRequestException(e.getMessage(), 8);
    }
  }

  static String id(int n, String style) {
    return switch (style) {
      case "decimal" -> Integer.toString(n);
      case "hex" -> Integer.toHexString(n);
      case "HEX" -> Integer.toHexString(n).toUpperCase();
      case "zero" -> String.format("%010d", n);
      case "zerohex" -> String.format("%08X", n);
      case "uuid" -> new java.util.UUID(0x1234567800000000L, n).toString();
      case "empty" -> "";
      default ->
          throw new IllegalArgumentException(
              "ids decimal|hex|HEX|zero|zerohex|uuid|empty, not " + style);
    };
  }

  // what we send

  record Plan(String rule, long delay) {}

  /** the sender of the session: late, silent or broken answers */
  final class Wire extends SynchronizedPDUSender {
    final Map<Integer, Plan> plans = new ConcurrentHashMap<>();

    @Override
    public byte[] sendSubmitSmResp(OutputStream os, int seq, String id, OptionalParameter... p)
        throws PDUStringException, IOException {
      Plan plan = plans.remove(seq);
      if (plan == null || plan.rule.equals("ok") && plan.delay == 0)
        return super.sendSubmitSmResp(os, seq, id, p);
      if (plan.rule.equals("drop")) return new byte[0];
      if (plan.rule.equals("close")) {
        Peer.this.close();
        return new byte[0];
      }
      timer.schedule(
          () ->
              plan.rule.equals("nack")
                  ? super.sendGenericNack(os, 3, seq)
                  : super.sendSubmitSmResp(os, seq, id, p),
          plan.delay,
          TimeUnit.MILLISECONDS);
      return new byte[0];
    }

    @Override
    public byte[] sendEnquireLinkResp(OutputStream os, int seq) throws IOException {
      return set.text("enquire").equals("ignore")
          ? new byte[0]
          : super.sendEnquireLinkResp(os, seq);
    }
  }

  byte[] deliverPdu(
      int seq,
      String from,
      String to,
      int esm,
      int dc,
      byte[] sm,
      Settings o,
      OptionalParameter... tlvs)
      throws Exception {
    return new DefaultPDUSender()
        .sendDeliverSm(
            new ByteArrayOutputStream(),
            seq,
            "",
            ton(o, "from_ton", from),
            NumberingPlanIndicator.ISDN,
            from,
            ton(o, "to_ton", to),
            NumberingPlanIndicator.ISDN,
            to,
            new ESMClass(esm),
            (byte) 0,
            (byte) 0,
            new RegisteredDelivery(0),
            new RawDataCoding((byte) dc),
            sm,
            tlvs);
  }

  private static TypeOfNumber ton(Settings o, String key, String address) {
    String given = o == null ? "" : o.text(key);
    return given.isEmpty()
        ? address.matches("\\+?\\d{7,}")
            ? TypeOfNumber.INTERNATIONAL
            : address.matches("\\d+") ? TypeOfNumber.UNKNOWN : TypeOfNumber.ALPHANUMERIC
        : TypeOfNumber.valueOf((byte) Integer.parseInt(given));
  }

  /**
   * writes in order, does not wait; the future gives the command_status of the response, -1 when
   * the link died
   */
  CompletableFuture<Integer> deliver(
      String from, String to, int esm, int dc, byte[] sm, Settings o, OptionalParameter... tlvs) {
    try {
      int seq = sequence.incrementAndGet();
      var done = new CompletableFuture<Integer>();
      waiting.put(seq, done);
      write(deliverPdu(seq, from, to, esm, dc, sm, o, tlvs));
      return done;
    } catch (Exception e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  CompletableFuture<Integer> receipt(
      String id, String from, String to, String state, String form, String err) {
    String now = new SimpleDateFormat("yyMMddHHmm").format(new Date());
    String text =
        form.equals("tlv")
            ? ""
            : "id:"
                + id
                + " sub:001 dlvrd:"
                + (state.equals("DELIVRD") ? "001" : "000")
                + " submit date:"
                + now
                + " done date:"
                + now
                + " stat:"
                + state
                + " err:"
                + err
                + " text:";
    int code =
        1
            + List.of(
                    "ENROUTE", "DELIVRD", "EXPIRED", "DELETED", "UNDELIV", "ACCEPTD", "UNKNOWN",
                    "REJECTD")
                .indexOf(state);
    OptionalParameter[] tlvs =
        form.equals("text")
            ? new OptionalParameter[0]
            : new OptionalParameter[] {
              new OptionalParameter.Receipted_message_id(id),
              new OptionalParameter.Message_state((byte) code)
            };
    return deliver(
        to,
        from,
        0x04,
        0,
        text.getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        null,
        tlvs); // from the phone to whoever sent
  }

  void write(byte[] b) throws IOException {
    synchronized (out) {
      out.write(b);
      out.flush();
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      /* it is closed */
    }
  }

  // the rest of the listener

  @Override
  public DataSmResult onAcceptDataSm(DataSm d, Session s) throws ProcessRequestException {
    throw new ProcessRequestException("no data_sm", 3);
  }

  @Override
  public SubmitMultiResult onAcceptSubmitMulti(SubmitMulti m, SMPPServerSession s)
      throws ProcessRequestException {
    throw new ProcessRequestException("no submit_multi", 3);
  }

  @Override
  public QuerySmResult onAcceptQuerySm(QuerySm q, SMPPServerSession s)
      throws ProcessRequestException {
    throw new ProcessRequestException("no query_sm", 3);
  }

  @Override
  public void onAcceptReplaceSm(ReplaceSm r, SMPPServerSession s) throws ProcessRequestException {
    throw new ProcessRequestException("no replace_sm", 3);
  }

  @Override
  public void onAcceptCancelSm(CancelSm c, SMPPServerSession s) throws ProcessRequestException {
    throw new ProcessRequestException("no cancel_sm", 3);
  }

  @Override
  public BroadcastSmResult onAcceptBroadcastSm(BroadcastSm b, SMPPServerSession s)
      throws ProcessRequestException {
    throw new ProcessRequestException("no broadcast_sm", 3);
  }

  @Override
  public void onAcceptCancelBroadcastSm(CancelBroadcastSm c, SMPPServerSession s)
      throws ProcessRequestException {
    throw new ProcessRequestException("no broadcast_sm", 3);
  }

  @Override
  public QueryBroadcastSmResult onAcceptQueryBroadcastSm(QueryBroadcastSm q, SMPPServerSession s)
      throws ProcessRequestException {
    throw new ProcessRequestException("no broadcast_sm", 3);
  }
}
