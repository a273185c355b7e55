import { X509Certificate } from "node:crypto";
import type net from "node:net";
import tls from "node:tls";
import { type CheckSurroundings, type Finding, isNear } from "../../src/adapter/index.ts";
import { DAY, type Reason, SECOND, type Timestamp } from "../../src/model/index.ts";
import type { LinkConfig, SmsConfig } from "./config.ts";
import { bindAs } from "./link/bind.ts";
import { connect, LinkFailure } from "./link/connect.ts";
import { STATUS } from "./smpp/constants.ts";
import { Session } from "./smpp/session.ts";

/** From so long before its end on a certificate is told of: SMSCs' operators need time. */
const SOON = 30 * DAY;
/** How long an SMSC may take to answer here, and to take leave, in ms: an operator waits for it. */
const PATIENCE_MS = 10 * SECOND;
const LEAVE_MS = 2 * SECOND;
/**
 * Tries each link: connects, binds as the config says, and takes leave at once; what the SMSC sends meanwhile it is told to
 * send later. Beside a running daemon it doesn't bind, since an SMSC may let us in once only: its states say it all.
 */
export async function checkSms(config: SmsConfig, around: CheckSurroundings): Promise<readonly Finding[]> {
  const findings = await Promise.all(config.links.map((link) => checkLink(link, around)));
  return findings.flat();
}

async function checkLink(link: LinkConfig, around: CheckSurroundings): Promise<readonly Finding[]> {
  const check = `link ${link.name}`;
  const before = [...inClear(check, link), ...ownCertificate(check, link, around.clock.now())];
  if (around.running && link.tls === false) return before;
  try {
    const timeout = Math.min(link.responseTimeoutSeconds * SECOND, PATIENCE_MS);
    const socket = await connect(link, around.clock, timeout, around.signal);
    const expiry =
      socket instanceof tls.TLSSocket ? Date.parse(socket.getPeerCertificate().valid_to) : Number.NaN;
    const found: Finding = around.running
      ? { check, status: "ok", found: "its certificate is in order" }
      : await tryBind(check, link, socket, timeout, around);
    socket.on("error", () => undefined);
    socket.destroy();
    return [...before, ...expiring(check, expiry, around.clock.now()), found];
  } catch (error) {
    if (!(error instanceof LinkFailure)) throw error;
    return [...before, failed(check, error)];
  }
}

/** @throws LinkFailure */
async function tryBind(
  check: string,
  link: LinkConfig,
  socket: net.Socket,
  timeout: number,
  { clock, signal }: CheckSurroundings,
): Promise<Finding> {
  const options = { clock, responseTimeout: timeout, enquireEvery: link.enquireLinkSeconds * SECOND };
  const session = new Session(
    socket,
    { ...options, maxUnanswered: 1 },
    {
      deliver: (arrival) => session.answer(arrival, STATUS.receiverTemporary),
      odd: () => undefined,
      ended: () => undefined,
    },
  );
  const abort = () => session.abort();
  signal.addEventListener("abort", abort);
  try {
    await bindAs(link, session);
    await session.unbind(LEAVE_MS);
    return { check, status: "ok", found: `the SMSC lets us in as ${link.bind}, and out again` };
  } finally {
    signal.removeEventListener("abort", abort);
    session.abort();
  }
}

const EXPIRED: ReadonlySet<string | undefined> = new Set(["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"]);

function failed(check: string, { reason, code, remedy }: LinkFailure): Finding {
  if (EXPIRED.has(code)) {
    const found = "the SMSC's certificate isn't valid today";
    const remedy = "ask its operator for a new one, and look at this machine's clock";
    return { check, status: "problem", found, remedy };
  }
  const why = code === undefined ? reason : `${reason}, ${code}`;
  const found = `the link can't be used (${why})`;
  return { check, status: "problem", found, remedy: remedy ?? REMEDIES[reason] ?? ITS_LOG };
}

const ITS_LOG = "ask the SMSC's operator what its log says of it";
const REMEDIES: Readonly<Partial<Record<Reason, string>>> = {
  "network-error": "see that host and port are the SMSC's, and that nothing between drops the connection",
  timeout: "see that host and port are the SMSC's, and that nothing between drops what is sent",
  "not-connected": "see that host and port are the SMSC's, and that nothing between drops what is sent",
  rejected: "ask the SMSC's operator: it may have too many binds of ours, or be too busy",
};

/** The password and all texts can be read on the way. */
function inClear(check: string, { host, tls }: LinkConfig): readonly Finding[] {
  if (tls !== false || isNear(host)) return [];
  const found = "the link isn't encrypted: its password, numbers and texts can be read on the way";
  const remedy = "set tls where the SMSC has it, or lead the link through a tunnel to a private address";
  return [{ check, status: "warning", found, remedy }];
}

function ownCertificate(check: string, { tls }: LinkConfig, now: Timestamp): readonly Finding[] {
  const pem = typeof tls === "boolean" ? undefined : tls.cert?.expose();
  if (pem === undefined) return [];
  try {
    const { validTo } = new X509Certificate(pem);
    return expiring(`${check}: our certificate`, Date.parse(validTo), now);
  } catch {
    return []; // connecting says that it is no PEM
  }
}

function expiring(check: string, end: Timestamp, now: Timestamp): readonly Finding[] {
  if (!(end - now < SOON)) return [];
  const days = Math.floor((end - now) / DAY);
  const found = days < 0 ? "the certificate has expired" : `the certificate expires in ${days} days`;
  const remedy = "have it renewed: with one that has expired nothing goes over the link";
  return [{ check, status: days < 0 ? "problem" : "warning", found, remedy }];
}
