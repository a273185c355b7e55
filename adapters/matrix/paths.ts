// Paths of the client-server API (Matrix specification 1.11 and later), each variable part percent-encoded.
const V3 = "/_matrix/client/v3";
const enc = encodeURIComponent;

export const PATHS = {
  versions: "/_matrix/client/versions",
  whoami: `${V3}/account/whoami`,
  register: `${V3}/register`,
  isAvailable: `${V3}/register/available`,
  createRoom: `${V3}/createRoom`,
  sync: `${V3}/sync`,
  device: (device: string) => `${V3}/devices/${enc(device)}`,
  displayName: (user: string) => `${V3}/profile/${enc(user)}/displayname`,
  join: (room: string) => `${V3}/join/${enc(room)}`,
  leave: (room: string) => `${V3}/rooms/${enc(room)}/leave`,
  joinedMembers: (room: string) => `${V3}/rooms/${enc(room)}/joined_members`,
  state: (room: string, type: string) => `${V3}/rooms/${enc(room)}/state/${enc(type)}`,
  messages: (room: string) => `${V3}/rooms/${enc(room)}/messages`,
  typing: (room: string, user: string) => `${V3}/rooms/${enc(room)}/typing/${enc(user)}`,
  send: (room: string, type: string, txnId: string) =>
    `${V3}/rooms/${enc(room)}/send/${enc(type)}/${enc(txnId)}`,
  redact: (room: string, event: string, txnId: string) =>
    `${V3}/rooms/${enc(room)}/redact/${enc(event)}/${enc(txnId)}`,
  upload: "/_matrix/media/v3/upload",
  ping: (appservice: string) => `/_matrix/client/v1/appservice/${enc(appservice)}/ping`,
} as const;
