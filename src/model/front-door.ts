/** Where strangers reach this bridge on a network, as its config has it. Numbers are E.164 with `+`, a user is a full MXID. */
export type ConfiguredDoor =
  | { readonly kind: "sms"; readonly number: string }
  | { readonly kind: "whatsapp"; readonly number: string }
  | { readonly kind: "matrix"; readonly user: string };
