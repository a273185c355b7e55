import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from "node:crypto";
import { backupKeyOctets, OPENING_FORM, SEALING_FORM } from "../model/backup-key-form.ts";
import { type Sensitive, sensitive } from "../model/sensitive.ts";
import type { Random } from "../model/time.ts";

/**
 * The half of a backup key that the bridge has: it seals backups and can't open one. Its secret keeps anybody else who knows the
 * public key from making a backup that would be taken for the bridge's own.
 */
export interface SealingKey {
  readonly publicKey: KeyObject;
  readonly secret: Buffer;
}

/** The half that its operator keeps elsewhere: it opens what the other one sealed. */
export interface OpeningKey {
  readonly privateKey: KeyObject;
  readonly sealing: SealingKey;
}

/** A text isn't the half of a backup key that was wanted. The message is for the operator. */
export class BackupKeyUnusable extends Error {
  override readonly name = "BackupKeyUnusable";
}

const OCTETS = 32;
/** What stands before the 32 octets of a public X25519 key in SPKI (RFC 8410). */
const SPKI = Buffer.from("302a300506032b656e032100", "hex");
/** What stands before the 32 octets of a private one in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from("302e020100300506032b656e04220420", "hex");
const INFO = "footbridge backup 1";

/** Makes a key: one text for the config, one to be kept elsewhere. */
export function createBackupKey(random: Random): {
  readonly sealing: Sensitive<string>;
  readonly opening: Sensitive<string>;
} {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const secret = random.bytes(OCTETS);
  const text = (name: string, half: Buffer): Sensitive<string> =>
    sensitive(name + Buffer.concat([half, secret]).toString("base64url"));
  return {
    sealing: text(SEALING_FORM, publicOctets(publicKey)),
    opening: text(OPENING_FORM, privateKey.export({ format: "der", type: "pkcs8" }).subarray(PKCS8.length)),
  };
}

/** @throws BackupKeyUnusable when it is something else. */
export function parseSealingKey(text: Sensitive<string>): SealingKey {
  const octets = backupKeyOctets(text.expose(), SEALING_FORM);
  if (octets === undefined)
    throw new BackupKeyUnusable(
      `backup.key isn't the sealing half of a backup key, which begins with ${SEALING_FORM}: "footbridge backup --new-key FILE" prints one`,
    );
  return { publicKey: publicKeyOf(octets.subarray(0, OCTETS)), secret: octets.subarray(OCTETS) };
}

/** @throws BackupKeyUnusable when it is something else. */
export function parseOpeningKey(text: Sensitive<string>): OpeningKey {
  const octets = backupKeyOctets(text.expose(), OPENING_FORM);
  if (octets === undefined)
    throw new BackupKeyUnusable(
      `that isn't the opening half of a backup key, which begins with ${OPENING_FORM}: give the file that "footbridge backup --new-key" made`,
    );
  const der = Buffer.concat([PKCS8, octets.subarray(0, OCTETS)]);
  const privateKey = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const sealing = { publicKey: createPublicKey(privateKey), secret: octets.subarray(OCTETS) };
  return { privateKey, sealing };
}

/** Names a key and tells nothing of it: 12 characters. */
export function backupKeyName({ publicKey, secret }: SealingKey): string {
  const hash = createHash("sha256").update(INFO).update(publicOctets(publicKey)).update(secret);
  return hash.digest("base64url").slice(0, 12);
}

/** A file's own key, and what has to stand in its head so that the opening half finds it again. */
export function newFileKey(sealing: SealingKey): { readonly key: KeyObject; readonly ephemeral: Buffer } {
  const pair = generateKeyPairSync("x25519");
  const ephemeral = publicOctets(pair.publicKey);
  const shared = diffieHellman({ privateKey: pair.privateKey, publicKey: sealing.publicKey });
  return { key: derive(shared, ephemeral, sealing), ephemeral };
}

/** The key of a file in whose head `ephemeral` stands; undefined when that is no such thing. */
export function fileKey({ privateKey, sealing }: OpeningKey, ephemeral: Buffer): KeyObject | undefined {
  if (ephemeral.length !== OCTETS) return undefined;
  try {
    const shared = diffieHellman({ privateKey, publicKey: publicKeyOf(ephemeral) });
    return derive(shared, ephemeral, sealing);
  } catch {
    return undefined; // a point that no honest writer has
  }
}

function derive(shared: Buffer, ephemeral: Buffer, { publicKey, secret }: SealingKey): KeyObject {
  const info = Buffer.concat([Buffer.from(INFO), ephemeral, publicOctets(publicKey)]);
  const octets = Buffer.from(hkdfSync("sha256", shared, secret, info, OCTETS));
  const key = createSecretKey(octets);
  octets.fill(0);
  shared.fill(0);
  return key;
}

function publicKeyOf(octets: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, octets]), format: "der", type: "spki" });
}

function publicOctets(key: KeyObject): Buffer {
  return key.export({ format: "der", type: "spki" }).subarray(SPKI.length);
}
