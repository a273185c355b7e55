// WhatsApp's part in a process of its own: its servers and phones end with it.

import { measureWhatsApp } from "./whatsapp.ts";

process.on("message", ({ texts }: { readonly texts: number }) => {
  measureWhatsApp(texts).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
