import { randomBytes } from "node:crypto";
import {
  aesDecryptCTR,
  aesDecryptGCM,
  aesEncryptCTR,
  Curve,
  derivePairingCodeKey,
  encodeBigEndian,
  generateRegistrationId,
  hkdf,
  hmacSign,
  type KeyPair,
  proto,
  signedKeyPair,
  WA_ADV_ACCOUNT_SIG_PREFIX,
  WA_ADV_DEVICE_SIG_PREFIX,
  xmppSignedPreKey,
} from "baileys";
import { isSignedBy } from "../signatures.ts";
import { KeyBundle } from "./bundle.ts";

/** How a pairing can be forged: the account's signature, or what proves knowledge of the secret in the QR code. */
export type Forgery = "signature" | "hmac";

/** What a phone answers to a companion that shows a code. */
export interface CodeAnswer {
  /** The phone's ephemeral key, wrapped by the code. */
  readonly wrappedEphemeral: Buffer;
  /** Opens the companion's bundle. @throws Error when the code was a wrong one. */
  open(wrappedBundle: Uint8Array, companionIdentity: Uint8Array): Buffer;
}

/**
 * The person's own phone: device 0, whose identity key is the account's. It links companions, and swallows what they send it.
 * Its secrets stay here: the server sees signatures and wrapped keys.
 */
export class Phone {
  readonly identity: KeyPair = Curve.generateKeyPair();
  readonly registration = generateRegistrationId();
  readonly signedPreKey = signedKeyPair(this.identity, 1);
  readonly bundle = new KeyBundle(
    encodeBigEndian(this.registration),
    this.identity.public,
    xmppSignedPreKey(this.signedPreKey),
  );

  /**
   * Vouches for a companion: an `ADVSignedDeviceIdentityHMAC`. What is signed, and by what the HMAC is made: baileys
   * lib/Utils/validate-connection.js (`configureSuccessfulPairing`), whatsmeow pair.go (`handlePair`).
   */
  vouch(companion: Uint8Array, keyIndex: number, secret: Uint8Array, forgery?: Forgery): Uint8Array {
    const timestamp = Math.floor(Date.now() / 1_000);
    const details = proto.ADVDeviceIdentity.encode({ rawId: 1, timestamp, keyIndex }).finish();
    const signed = Buffer.concat([WA_ADV_ACCOUNT_SIG_PREFIX, details, companion]);
    const accountSignature =
      forgery === "signature" ? randomBytes(64) : Curve.sign(this.identity.private, signed);
    const accountSignatureKey = this.identity.public;
    const identity = proto.ADVSignedDeviceIdentity.encode({
      details,
      accountSignatureKey,
      accountSignature,
    }).finish();
    const hmac = forgery === "hmac" ? randomBytes(32) : hmacSign(Buffer.from(identity), secret);
    return proto.ADVSignedDeviceIdentityHMAC.encode({ details: identity, hmac }).finish();
  }

  /** Whether a companion's own signature under what the phone signed is genuine. */
  accepts(signedIdentity: Uint8Array, companion: Uint8Array): boolean {
    const { details, deviceSignature } = proto.ADVSignedDeviceIdentity.decode(signedIdentity);
    if (!details || !deviceSignature) return false;
    const signed = [WA_ADV_DEVICE_SIG_PREFIX, details, companion, this.identity.public];
    return isSignedBy(companion, Buffer.concat(signed), deviceSignature);
  }

  /**
   * Somebody types the code that a companion shows. The keys come from whatsmeow pair-code.go, whose other half this is: both
   * wrap an ephemeral key by the code (PBKDF2, AES-CTR: salt 32, IV 16, key 32), then the companion sends identities and a
   * random value under the key that the ephemeral ones agree on.
   */
  async enterCode(code: string, wrappedCompanion: Uint8Array): Promise<CodeAnswer> {
    const wrapped = Buffer.from(wrappedCompanion);
    const theirKey = await derivePairingCodeKey(code, wrapped.subarray(0, 32));
    const companion = aesDecryptCTR(wrapped.subarray(48), theirKey, wrapped.subarray(32, 48));
    const ephemeral = Curve.generateKeyPair();
    const [salt, iv] = [randomBytes(32), randomBytes(16)];
    const ourKey = await derivePairingCodeKey(code, salt);
    return {
      wrappedEphemeral: Buffer.concat([salt, iv, aesEncryptCTR(ephemeral.public, ourKey, iv)]),
      open: (bundle, identity) => {
        const shared = Curve.sharedKey(ephemeral.private, companion);
        return this.#secretIn(Buffer.from(bundle), shared, Buffer.from(identity));
      },
    };
  }

  /** The ADV secret that follows from a companion's bundle. */
  #secretIn(bundle: Buffer, shared: Uint8Array, companion: Buffer): Buffer {
    const key = hkdf(shared, 32, {
      salt: bundle.subarray(0, 32),
      info: "link_code_pairing_key_bundle_encryption_key",
    });
    const opened = aesDecryptGCM(bundle.subarray(44), key, bundle.subarray(32, 44), Buffer.alloc(0));
    const [theirs, ours, random] = [opened.subarray(0, 32), opened.subarray(32, 64), opened.subarray(64)];
    if (!theirs.equals(companion) || !ours.equals(Buffer.from(this.identity.public))) {
      throw new Error("found other identities in the companion's bundle");
    }
    const agreed = Curve.sharedKey(this.identity.private, theirs);
    return Buffer.from(hkdf(Buffer.concat([shared, agreed, random]), 32, { info: "adv_secret" }));
  }
}
