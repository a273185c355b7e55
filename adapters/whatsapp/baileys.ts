// The one file of the product that imports baileys.
export type {
  AuthenticationCreds,
  AuthenticationState,
  BinaryNode,
  CacheStore,
  SocketConfig,
  UserFacingSocketConfig,
  WASocket,
} from "baileys";
export { jidDecode, makeWASocket, normalizeMessageContent, proto } from "baileys";
