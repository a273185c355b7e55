import { stripVTControlCharacters } from "node:util";
import { synapseVenv } from "../../test/peers/synapse/index.ts";
import { imageBases } from "../../test/support/image/base.ts";
import { buildJsmpp } from "../../test/support/jsmpp.ts";
import { buildWhatsmeow } from "../../test/support/whatsmeow.ts";
import {
  IMAGE_CACHE,
  JSMPP_CACHE,
  lookForPeers,
  type PeerName,
  type PeerState,
  type Peers,
  WHATSMEOW_CACHE,
  writePeers,
} from "../testing/peers.ts";

/** Fetches and builds the peers ahead of the tests, so that none of them waits for that, and says what can't be had. */
export async function preparePeers(say: (line: string) => void): Promise<Peers> {
  const found = lookForPeers();
  const make: Record<PeerName, () => Promise<unknown>> = {
    synapse: () => synapseVenv(),
    jsmpp: () => buildJsmpp(JSMPP_CACHE),
    whatsmeow: () => buildWhatsmeow(WHATSMEOW_CACHE),
    image: () => imageBases(IMAGE_CACHE),
    prosody: async () => undefined, // Debian builds it
  };
  const prepare = async (peer: PeerName): Promise<PeerState> => {
    if (!found[peer].available) return found[peer];
    const slow = setTimeout(() => say(`preparing ${peer} (once on a machine; a minute or so)`), 1_000);
    try {
      await make[peer]();
      return { available: true };
    } catch (error) {
      return { available: false, why: reasonOf(error) };
    } finally {
      clearTimeout(slow);
    }
  };
  const [synapse, jsmpp, whatsmeow, image, prosody] = await Promise.all([
    prepare("synapse"),
    prepare("jsmpp"),
    prepare("whatsmeow"),
    prepare("image"),
    prepare("prosody"),
  ]);
  const peers = { synapse, jsmpp, whatsmeow, image, prosody };
  writePeers(peers);
  return peers;
}

/** Why a program failed, in one line: its first error, else its last word. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it couldn't be prepared";
  const inner = error.cause instanceof Error ? error.cause : error;
  const words = "stderr" in inner ? String(inner.stderr) : "";
  const output = "stdout" in inner ? String(inner.stdout) : "";
  const lines = stripVTControlCharacters(`${output}\n${words}`)
    .split("\n")
    .map((line) => line.trim());
  const last = lines.find((line) => /^\[?error/i.test(line)) ?? lines.filter((line) => line !== "").at(-1);
  const first = error.message.split("\n")[0] ?? "";
  return last === undefined ? first : `${first} (${last.slice(0, 300)})`;
}
