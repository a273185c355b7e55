/** Where one endpoint is reached on its network: MXID, JID or LID, E.164. Always inside `Sensitive`. */
export type Address = string;
