import { hkdfSync } from "node:crypto";
import { aesDecryptGCM, aesEncryptGCM, NOISE_MODE, NOISE_WA_HEADER, sha256 } from "baileys";

/** Noise's SymmetricState (Noise Protocol Framework, 5.2) for 25519, AESGCM and SHA256. */
export class SymmetricState {
  #hash: Buffer;
  #chainingKey: Buffer;
  #key: Buffer;
  #nonce = 0;

  constructor() {
    // The name has exactly 32 octets, so it is the first hash as it stands; the header is the prologue.
    this.#hash = Buffer.from(NOISE_MODE, "latin1");
    this.#chainingKey = this.#hash;
    this.#key = this.#hash;
    this.mixHash(NOISE_WA_HEADER);
  }

  mixHash(octets: Uint8Array): void {
    this.#hash = sha256(Buffer.concat([this.#hash, octets]));
  }

  mixKey(shared: Uint8Array): void {
    [this.#chainingKey, this.#key] = this.#derive(shared);
    this.#nonce = 0;
  }

  encryptAndHash(plaintext: Uint8Array): Buffer {
    const ciphertext = aesEncryptGCM(plaintext, this.#key, nonceOf(this.#nonce++), this.#hash);
    this.mixHash(ciphertext);
    return ciphertext;
  }

  /** @throws Error when it was changed on the way. */
  decryptAndHash(ciphertext: Uint8Array): Buffer {
    const plaintext = aesDecryptGCM(ciphertext, this.#key, nonceOf(this.#nonce++), this.#hash);
    this.mixHash(ciphertext);
    return plaintext;
  }

  /** The keys of the two directions, the initiator's first. */
  split(): [Buffer, Buffer] {
    return this.#derive(Buffer.alloc(0));
  }

  #derive(input: Uint8Array): [Buffer, Buffer] {
    const octets = Buffer.from(hkdfSync("sha256", input, this.#chainingKey, Buffer.alloc(0), 64));
    return [octets.subarray(0, 32), octets.subarray(32)];
  }
}

/** A counter as an AES-GCM nonce: its last four octets, as both clients write it. */
function nonceOf(counter: number): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(counter, 8);
  return nonce;
}

/** One direction after the handshake: a key and a counter, no additional data. */
export class CipherState {
  readonly #key: Buffer;
  #nonce = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  encrypt(plaintext: Uint8Array): Buffer {
    return aesEncryptGCM(plaintext, this.#key, nonceOf(this.#nonce++), Buffer.alloc(0));
  }

  decrypt(ciphertext: Uint8Array): Buffer {
    return aesDecryptGCM(ciphertext, this.#key, nonceOf(this.#nonce++), Buffer.alloc(0));
  }
}
