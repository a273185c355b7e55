import { Curve, proto } from "baileys";
import type { ServerIdentity } from "./certificates.ts";
import { CipherState, SymmetricState } from "./symmetric-state.ts";

/** Who a client says it is. */
export interface ClientFinish {
  readonly payload: proto.ClientPayload;
  /** Its static Noise key, which it has proved to own. */
  readonly staticKey: Buffer;
}

/**
 * The responder's side of Noise_XX_25519_AESGCM_SHA256 as WhatsApp speaks it: the messages are `HandshakeMessage`s, the second
 * one's payload is the certificate chain, the third one's the login. The initiators that it was written after: baileys
 * lib/Utils/noise-handler.js (`processHandshake`) with lib/Socket/socket.js (`validateConnection`), whatsmeow handshake.go.
 */
export class NoiseResponder {
  readonly #identity: ServerIdentity;
  readonly #state = new SymmetricState();
  readonly #ephemeral = Curve.generateKeyPair();
  #ciphers: { readonly in: CipherState; readonly out: CipherState } | undefined;

  constructor(identity: ServerIdentity) {
    this.#identity = identity;
  }

  /** <- e, then -> e, ee, s, es. */
  hello(frame: Uint8Array): Uint8Array {
    const theirs = proto.HandshakeMessage.decode(frame).clientHello?.ephemeral;
    if (theirs?.length !== 32) throw new Error("found no ephemeral key in the client's hello");
    this.#state.mixHash(theirs);
    this.#state.mixHash(this.#ephemeral.public);
    this.#state.mixKey(Curve.sharedKey(this.#ephemeral.private, Buffer.from(theirs)));
    const staticKey = this.#state.encryptAndHash(this.#identity.staticKey.public);
    this.#state.mixKey(Curve.sharedKey(this.#identity.staticKey.private, Buffer.from(theirs)));
    const payload = this.#state.encryptAndHash(this.#identity.chain);
    return proto.HandshakeMessage.encode({
      serverHello: { ephemeral: this.#ephemeral.public, static: staticKey, payload },
    }).finish();
  }

  /** <- s, se. From then on both sides encrypt. */
  finish(frame: Uint8Array): ClientFinish {
    const { clientFinish } = proto.HandshakeMessage.decode(frame);
    if (!clientFinish?.static || !clientFinish.payload) throw new Error("found no end of the handshake");
    const staticKey = this.#state.decryptAndHash(clientFinish.static);
    this.#state.mixKey(Curve.sharedKey(this.#ephemeral.private, staticKey));
    const payload = proto.ClientPayload.decode(this.#state.decryptAndHash(clientFinish.payload));
    const [theirs, ours] = this.#state.split();
    this.#ciphers = { in: new CipherState(theirs), out: new CipherState(ours) };
    return { payload, staticKey };
  }

  /** Encrypts for the client; after the handshake. */
  encrypt(octets: Uint8Array): Buffer {
    return this.#afterHandshake().out.encrypt(octets);
  }

  decrypt(octets: Uint8Array): Buffer {
    return this.#afterHandshake().in.decrypt(octets);
  }

  #afterHandshake(): { readonly in: CipherState; readonly out: CipherState } {
    if (this.#ciphers === undefined) throw new Error("the handshake isn't over");
    return this.#ciphers;
  }
}
