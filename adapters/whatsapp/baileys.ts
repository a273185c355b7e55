// The only file of the product that imports baileys: the console is closed before, and its check of signatures is mended.
import "./quiet.ts";
import { Curve, WA_CERT_DETAILS } from "baileys";
import { mendSignatures, proveSignatures as prove, SignaturesUnproved } from "./signatures.ts";

export * from "baileys";

/** WhatsApp's root for server certificates, as whatsmeow has it too (handshake.go, WACertPubKey). */
const GENUINE = "142375574d0a587166aae71ebe516437c4a28b73e3695c6ce1f7f9545da8ee6b";
/** Looked at once: a test may put its own server's root in place afterwards, in its own process. */
const FOUND = Buffer.from(WA_CERT_DETAILS.PUBLIC_KEY).toString("hex");

mendSignatures(Curve);

/**
 * Proves that signatures are checked, and that the root is WhatsApp's. Run it before an account connects.
 * @throws SignaturesUnproved otherwise; the account must not run then.
 */
export function proveSignatures(): void {
  if (FOUND !== GENUINE) throw new SignaturesUnproved("found another root than WhatsApp's in baileys");
  prove(Curve);
}
