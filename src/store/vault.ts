import type { Clock, Random } from "../model/time.ts";
import type { TtlClass } from "../privacy/key-store.ts";
import type { Keyring } from "../privacy/keyring.ts";
import type { RecordType } from "../privacy/record-types.ts";
import { open, seal } from "../privacy/sealer.ts";

/** What the repositories seal and open with. */
export class Vault {
  readonly keyring: Keyring;
  readonly random: Random;
  readonly clock: Clock;

  constructor(keyring: Keyring, random: Random, clock: Clock) {
    this.keyring = keyring;
    this.random = random;
    this.clock = clock;
  }

  /** Seals under the key of now for a TTL class: it can't be opened any more once that key is gone. @throws KeyNotReady */
  sealFor(ttl: TtlClass, type: RecordType, name: string, plain: string | Buffer): Buffer {
    return seal(this.keyring.epoch(ttl, this.clock.now()), this.random, type, name, plain);
  }

  /** Opens what any key of the ring sealed. @throws UnknownKey, Tampered */
  open(type: RecordType, name: string, sealed: Buffer): Buffer {
    return open((id) => this.keyring.resolve(id), type, name, sealed);
  }

  /** A random id of 16 characters (96 bits). */
  newId(): string {
    return this.random.bytes(12).toString("base64url");
  }
}
