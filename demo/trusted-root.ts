/** What tells `trust-root.ts` the root, in hex. The product doesn't read it. */
export const ROOT_VARIABLE = "FOOTBRIDGE_DEMO_WHATSAPP_ROOT";
