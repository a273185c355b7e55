import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canChroot, lackOf, NEEDS } from "../prepare/needs.ts";

/** Programs that nobody here wrote, which the peers' tests run against; and the image that the Dockerfile makes. */
export type PeerName = "synapse" | "jsmpp" | "whatsmeow" | "image" | "prosody";

/** Whether this machine can run a peer, and why not. */
export interface PeerState {
  readonly available: boolean;
  readonly why?: string;
}

export type Peers = Readonly<Record<PeerName, PeerState>>;

const CACHE = join(import.meta.dirname, "../../.cache");
const FILE = join(CACHE, "peers.json");

/** Where the SMSC on jSMPP is kept once it is built. */
export const JSMPP_CACHE = join(CACHE, "jsmpp");

/** Where the WhatsApp phone on whatsmeow is kept once it is built. */
export const WHATSMEOW_CACHE = join(CACHE, "whatsmeow");

/** Where the images that the Dockerfile's test builds on are kept. */
export const IMAGE_CACHE = join(CACHE, "image");

/** What each peer needs of the machine. */
const PEER_NEEDS: Readonly<Record<PeerName, readonly string[]>> = {
  synapse: ["python"],
  jsmpp: ["java", "maven"],
  whatsmeow: ["go"],
  image: ["buildah", "debootstrap"],
  prosody: ["prosody"],
};

/** What this machine can run, by what is installed: nothing is fetched or built for that. */
export function lookForPeers(): Peers {
  const stateOf = (peer: PeerName): PeerState => {
    const lacks = NEEDS.filter((need) => PEER_NEEDS[peer].includes(need.id)).flatMap(
      (need) => lackOf(need) ?? [],
    );
    return lacks.length === 0 ? { available: true } : { available: false, why: lacks.join("; ") };
  };
  const image = canChroot() ? stateOf("image") : { available: false, why: "it takes root on Linux" };
  return {
    synapse: stateOf("synapse"),
    jsmpp: stateOf("jsmpp"),
    whatsmeow: stateOf("whatsmeow"),
    image,
    prosody: stateOf("prosody"),
  };
}

/** Hands what `prepare` found to the tests. */
export function writePeers(peers: Peers): void {
  mkdirSync(CACHE, { recursive: true });
  writeFileSync(FILE, JSON.stringify(peers));
}

/** What `prepare` found; where it didn't run, or ran before there was such a peer, what is installed. */
export function readPeers(): Peers {
  try {
    const found: Peers = JSON.parse(readFileSync(FILE, "utf8"));
    return Object.keys(PEER_NEEDS).every((peer) => peer in found) ? found : lookForPeers();
  } catch {
    return lookForPeers();
  }
}

/** For `describe.runIf(canRun("synapse"))`: what is left out is named at the end of the run. */
export function canRun(peer: PeerName): boolean {
  return readPeers()[peer].available;
}
