import { randomBytes } from "node:crypto";
import { deflateSync } from "node:zlib";
import { type BinaryNode, encodeWAMessage, generateSignalPubKey, proto } from "baileys";
import type { Core } from "../core.ts";
import { deliver } from "../delivery.ts";
import { child, node, now, octetsOf } from "../nodes.ts";
import type { Device } from "./account.ts";
import { signalOf } from "./signal.ts";

const { HistorySyncType } = proto.HistorySync;

/**
 * The phone sends a companion what it has: no messages, but which LID belongs to which number, of those that the account has
 * talked with. Two peer messages, encrypted by the phone (baileys lib/Socket/chats.js waits for them for 20 s, whatsmeow
 * message.go reads them): INITIAL_BOOTSTRAP, and RECENT with all of it. Once for each companion.
 */
export async function sendHistory(core: Core, companion: Device): Promise<void> {
  if (companion.hasHistory) return;
  companion.hasHistory = true;
  const signal = signalOf(companion.account.phone);
  const jid = companion.jid("lid");
  await signal.injectE2ESession({ jid, session: sessionOf(companion) });
  for (const syncType of [HistorySyncType.INITIAL_BOOTSTRAP, HistorySyncType.RECENT]) {
    const data = encodeWAMessage(historyMessage(companion, syncType));
    const { type, ciphertext } = await signal.encryptMessage({ jid, data });
    const id = randomBytes(10).toString("hex").toUpperCase();
    const from = companion.account.jid("lid");
    const enc = node("enc", { v: "2", type }, ciphertext);
    deliver(core, companion, node("message", { id, from, type: "text", category: "peer", t: now() }, [enc]));
  }
}

type Session = Parameters<ReturnType<typeof signalOf>["injectE2ESession"]>[0]["session"];

function sessionOf(companion: Device): Session {
  const bundle = node("bundle", {}, companion.bundle.handOut());
  const [signed, one] = [child(bundle, "skey"), child(bundle, "key")];
  if (signed === undefined || one === undefined) throw new Error("found no keys of a companion");
  return {
    registrationId: octetsOf(bundle, "registration").readUInt32BE(),
    identityKey: generateSignalPubKey(octetsOf(bundle, "identity")),
    signedPreKey: { ...keyIn(signed), signature: octetsOf(signed, "signature") },
    preKey: keyIn(one),
  };
}

function keyIn(key: BinaryNode): { keyId: number; publicKey: Uint8Array } {
  return {
    keyId: octetsOf(key, "id").readUIntBE(0, 3),
    publicKey: generateSignalPubKey(octetsOf(key, "value")),
  };
}

function historyMessage(companion: Device, syncType: proto.HistorySync.HistorySyncType): proto.IMessage {
  const { account } = companion;
  const known = [...account.contacts].filter(({ settings }) => !settings.hidesNumber);
  const history = proto.HistorySync.encode({
    syncType,
    progress: 100,
    chunkOrder: 1,
    phoneNumberToLidMappings: known.map((one) => ({ pnJid: one.jid("pn"), lidJid: one.jid("lid") })),
  }).finish();
  return {
    protocolMessage: {
      type: proto.Message.ProtocolMessage.Type.HISTORY_SYNC_NOTIFICATION,
      historySyncNotification: {
        syncType,
        progress: 100,
        chunkOrder: 1,
        initialHistBootstrapInlinePayload: deflateSync(history),
      },
    },
  };
}
