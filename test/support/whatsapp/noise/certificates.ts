import { Curve, type KeyPair, proto } from "baileys";

/** What the server shows of itself in the handshake, and the root that vouches for it. */
export interface ServerIdentity {
  /** The root's public key: what a client has to trust. */
  readonly root: Buffer;
  /** The server's static Noise key. */
  readonly staticKey: KeyPair;
  /** The encoded `CertChain`. */
  readonly chain: Uint8Array;
}

const { Details } = proto.CertChain.NoiseCertificate;
const DAY = 86_400;

/**
 * A root, an intermediate and a leaf of our own. What holds them together is what clients check: signatures from the root down
 * and `issuerSerial` 0 on the intermediate (baileys lib/Utils/noise-handler.js, `processHandshake`); that the leaf's issuer is
 * the intermediate and its key the static one (whatsmeow handshake.go, `verifyServerCert`).
 */
export function makeServerIdentity(): ServerIdentity {
  const [root, intermediate, staticKey] = [keyPair(), keyPair(), keyPair()];
  const chain = proto.CertChain.encode({
    intermediate: certificate(root, { serial: 1, issuerSerial: 0, key: intermediate.public }),
    leaf: certificate(intermediate, { serial: 2, issuerSerial: 1, key: staticKey.public }),
  }).finish();
  return { root: Buffer.from(root.public), staticKey, chain };
}

function keyPair(): KeyPair {
  return Curve.generateKeyPair();
}

function certificate(
  issuer: KeyPair,
  subject: { readonly serial: number; readonly issuerSerial: number; readonly key: Uint8Array },
): proto.CertChain.INoiseCertificate {
  const seconds = Math.floor(Date.now() / 1_000);
  const details = Details.encode({ ...subject, notBefore: seconds - DAY, notAfter: seconds + DAY }).finish();
  return { details, signature: Curve.sign(issuer.private, details) };
}
