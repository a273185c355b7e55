// The one file of the product that imports baileys.
export type {
  AuthenticationState,
  BinaryNode,
  CacheStore,
  SocketConfig,
  UserFacingSocketConfig,
  WASocket,
} from "baileys";
export { jidDecode, makeWASocket } from "baileys";
