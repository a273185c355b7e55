export type {
  BinaryNode,
  CacheStore,
  SocketConfig,
  WAMessage,
  WAMessageKey,
  WASocket,
} from "baileys";
export {
  generateWAMessageFromContent,
  jidDecode,
  jidNormalizedUser,
  normalizeMessageContent,
  proto,
} from "baileys";
