import { type BinaryNode, generateSignalPubKey, type proto } from "baileys";
import { child, children, node, octetsOf } from "../nodes.ts";
import { isSignedBy } from "../signatures.ts";

/** The type octet of a Curve25519 key. */
const KEY_TYPE = Buffer.from([5]);

/** What a device has laid down so that others can begin a Signal session with it: public keys only. */
export class KeyBundle {
  readonly identity: Buffer;
  #registration: Buffer;
  #signedPreKey: BinaryNode;
  readonly #preKeys: BinaryNode[] = [];

  /** @throws Error when the signed prekey isn't signed by the identity. */
  constructor(registration: Uint8Array, identity: Uint8Array, signedPreKey: BinaryNode) {
    this.#registration = Buffer.from(registration);
    this.identity = Buffer.from(identity);
    this.#signedPreKey = this.#checked(signedPreKey);
  }

  /** How many one-time keys are left. */
  get left(): number {
    return this.#preKeys.length;
  }

  /** Takes in what a device uploads (`<iq xmlns="encrypt" type="set">`: baileys lib/Utils/signal.js, `getNextPreKeysNode`). */
  upload(iq: BinaryNode): void {
    if (!octetsOf(iq, "identity").equals(this.identity)) throw new Error("found another identity key");
    this.#registration = octetsOf(iq, "registration");
    this.rotate(child(iq, "skey"));
    this.#preKeys.push(...children(child(iq, "list"), "key"));
  }

  /** Takes another signed prekey. */
  rotate(signedPreKey: BinaryNode | undefined): void {
    if (signedPreKey === undefined) throw new Error("found no signed prekey");
    this.#signedPreKey = this.#checked(signedPreKey);
  }

  /** Throws the one-time keys away. */
  exhaust(): void {
    this.#preKeys.length = 0;
  }

  /** What somebody gets who wants to write to the device: the next one-time key is gone with it. */
  handOut(): BinaryNode[] {
    const preKey = this.#preKeys.shift();
    return [
      node("registration", {}, this.#registration),
      node("type", {}, KEY_TYPE),
      node("identity", {}, this.identity),
      ...(preKey === undefined ? [] : [preKey]),
      this.#signedPreKey,
    ];
  }

  #checked(signedPreKey: BinaryNode): BinaryNode {
    const key = generateSignalPubKey(octetsOf(signedPreKey, "value"));
    if (!isSignedBy(this.identity, key, octetsOf(signedPreKey, "signature"))) {
      throw new Error("found a signed prekey that its identity didn't sign");
    }
    return signedPreKey;
  }
}

/** The bundle that a device brings along when it asks to be linked (`devicePairingData` of its login). */
export function bundleOf(pairing: proto.ClientPayload.IDevicePairingRegistrationData): KeyBundle {
  const { eRegid, eIdent, eSkeyId, eSkeyVal, eSkeySig } = pairing;
  if (!eRegid || !eIdent || !eSkeyId || !eSkeyVal || !eSkeySig) throw new Error("found no keys of a device");
  const signedPreKey = node("skey", {}, [
    node("id", {}, eSkeyId),
    node("value", {}, eSkeyVal),
    node("signature", {}, eSkeySig),
  ]);
  return new KeyBundle(eRegid, eIdent, signedPreKey);
}
