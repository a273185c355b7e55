import { whatsAppAdapter } from "../../../adapters/whatsapp/index.ts";
import { operated, whatsAppFixture } from "../../conformance/networks/whatsapp.ts";
import { runConformance } from "../../conformance.ts";

const GIVEN = "the bridge speaks in the chat of two, which is there by its address alone";

const TIMER =
  "Baileys leaves the timer of a prekey upload for 30 s after it was answered (lib/Socket/socket.js, uploadPreKeys)";
const ONE_LOCK =
  "a message that the house doesn't take yet holds the sessions that a send would need, so that the send doesn't begin";

runConformance(operated(whatsAppAdapter), whatsAppFixture, {
  "opens one portal for an alias in which the bridge speaks by itself, and hears what is written there":
    GIVEN,
  "leaves no connection and no timer behind": TIMER,
  "stops within its deadline while a send has no answer and the house doesn't take what came": ONE_LOCK,
  "reports wrong credentials with a remedy, and never that it is connected":
    "a config holds no credentials; an account that isn't linked says needs-pairing",
});
