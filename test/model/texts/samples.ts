import type { Capabilities, Feature } from "../../../src/model/capabilities.ts";
import type { Unbridgeable } from "../../../src/model/content.ts";
import type { Reason } from "../../../src/model/reason.ts";
import type {
  CommandName,
  FrontDoor,
  LinkedAccount,
  ListedHandle,
  Reader,
  Texts,
  UsageProblem,
  WaitingRequest,
  Whereabouts,
} from "../../../src/model/texts.ts";
import { ALERT_KINDS } from "../../../src/model/texts.ts";

/** Parameters for each text of the catalogue, as long as they usually get: one that is added needs some too. */
export type Samples = { readonly [Name in keyof Texts]: readonly Parameters<Texts[Name]>[0][] };

const name = "Extraordinary Walrus"; // 20 characters
const before = "Magnificent Woodlark";
const label = "mountain bike"; // 13
const code = "k3v9-7qxm-4t";
const until = "18:00 tomorrow";
const days = 7;
const own = "Matrix";

const readers: readonly Reader[] = ["phone", "number", "user"];
const networks = ["SMS", "Matrix", "WhatsApp"] as const;
const levels: readonly Capabilities["encryption"][] = ["none", "transport", "bridge"];
const places: readonly Whereabouts[] = [
  { kind: "here" },
  { kind: "number", number: "+1 415 555 0111" },
  { kind: "room", room: `${name} · ${label}` },
  { kind: "room", room: `${name} · ${label}`, isGroup: true },
  { kind: "number", number: "+1 415 555 0111", on: { network: "SMS", kind: "number", ending: "42" } },
  { kind: "room", room: `${name} · ${label}`, on: { network: "Matrix", kind: "user", beginning: "@al" } },
];
const doors: readonly FrontDoor[] = [
  { kind: "number", network: "SMS", number: "+1 415 555 0100" },
  { kind: "user", network: "Matrix", user: "@footbridge:example.org", isHere: false },
];
const phone: LinkedAccount = { network: "SMS", kind: "number", ending: "42" };
const user: LinkedAccount = { network: "Matrix", kind: "user", beginning: "@al" };
const handle: ListedHandle = { label, code, until: "22 Dec" };
const open: readonly WaitingRequest[] = [
  { number: 1, label, name },
  { number: 2, label: "lamp", name: before },
];
const features: readonly Feature[] = ["formatted", "edit", "reaction", "delete", "reply"];
const whats: readonly Unbridgeable[] = [
  ...(["image", "video", "audio", "file", "location", "sticker", "poll", "contact"] as const),
  ...(["encrypted", "call", "other"] as const),
];
const reasons: readonly Reason[] = [
  ...(["not-connected", "unauthorised", "forbidden", "unreachable", "rejected", "gone"] as const),
  ...(["too-long", "unsupported", "throttled", "timeout", "network-error", "unsure"] as const),
  ...(["expired", "malformed", "internal"] as const),
];
const problems: readonly UsageProblem[] = [
  ...(["label", "name", "network", "switch"] as const).map((what) => ({ kind: "missing", what }) as const),
  ...(["shape", "lines", "lifetime", "label-characters", "label-address"] as const).map((kind) => ({ kind })),
  { kind: "name-characters" },
  { kind: "label-length", most: 30 },
  { kind: "name-length", most: 30 },
  { kind: "network", word: "abcdefghijklmnop", known: ["matrix", "sms", "whatsapp"] },
];
const lost = networks.flatMap((network) => features.map((feature) => ({ name, feature, network })));

/** All commands, for what is said of each. */
export const COMMAND_NAMES: readonly CommandName[] = [
  ...(["handle-new", "handles", "handle-links", "handle-off", "requests", "accept", "decline"] as const),
  ...(["link", "unlink", "me", "prefer", "list", "groups", "block", "blocked", "unblock"] as const),
  ...(["mute", "unmute", "name", "guard", "export", "forget-me", "help"] as const),
];

/** As adapters say it. */
const remedies = ['link it with its phone: "footbridge whatsapp pair wa"', "check its password"];
const account = { network: "WhatsApp", name: "wa" };

export const SAMPLES: Samples = {
  accountTrouble: [
    ...(["misconfigured", "needs-pairing", "logged-out", "replaced", "restricted"] as const).flatMap((kind) =>
      [undefined, "whatsapp pair"].flatMap((words) =>
        remedies.map((remedy) => ({ account, trouble: { kind, remedy }, words })),
      ),
    ),
    ...reasons.flatMap((reason) => [
      { account, trouble: { kind: "disconnected", reason } as const },
      { account, trouble: { kind: "degraded", reason } as const },
    ]),
    ...remedies.map((remedy) => ({
      account,
      trouble: { kind: "degraded", reason: "unauthorised", remedy } as const,
    })),
  ],
  accountWorks: [{ account }],
  operatorGreeting: [{}],
  alert: [
    { kind: "queue", network: "WhatsApp", name: "a-name-of-thirty-two-characters-1", waiting: 1, minutes: 1 },
    {
      kind: "queue",
      network: "WhatsApp",
      name: "a-name-of-thirty-two-characters-1",
      waiting: 123_456,
      minutes: 1_200,
    },
    { kind: "undecided", minutes: 11 },
    { kind: "buried", count: 1 },
    { kind: "buried", count: 12_345 },
    { kind: "disk", megabytes: 987 },
    { kind: "memory", percent: 83 },
    { kind: "clock" },
    { kind: "keys", hours: 25 },
    ...[0, 1, 13].map(
      (days) => ({ kind: "certificate", name: "accounts.sms-main.links.0.tls.cert", days }) as const,
    ),
  ],
  alertOver: ALERT_KINDS.map((kind) => ({ kind, name: "sms-main" })),
  pairPicture: [{ network: "WhatsApp", seconds: 60 }],
  pairCode: [{ network: "WhatsApp", seconds: 160, code: "ABCD-EFGH" }],
  pairWhich: [{ words: ["whatsapp pair one", "whatsapp pair two code"] }],
  pairUnshown: [{ account }],
  paired: [{ account }],
  notPaired: [{ account, remedy: "nobody has scanned or typed it in time: ask for a new one" }],
  stillTrying: reasons.map((reason) => ({ name, reason, until: "18:00" })),
  givenUp: [{ name }],
  neverGoes: (["opted-out", "not-served"] as const).map((reason) => ({ name, reason })),
  unsure: [{ name }],
  asText: lost,
  onceAsText: lost,
  cannotGet: lost,
  unbridgeable: whats.map((what) => ({ name, what })),
  edited: ["at six, not at seven"],

  handleMade: [{ ...handle, doors }],
  handles: [{ handles: [] }, { handles: [handle, { label: "lamp", code, until: undefined }] }],
  handleLinks: [
    { label: "bike", links: [] },
    {
      label: "bike",
      links: ["sms:+15550100?body=k3v9-7qxm-4t", "https://matrix.to/#/%40footbridge%3Aexample.org"],
    },
  ],
  handleEnded: [{ label }],
  noSuchHandle: [{ label }],
  handleExists: [{ label }],
  labelRefused: [{ label }],
  tooManyHandles: [{ most: 20 }],
  ownHandle: [{ label }],

  requestSent: readers.map((reader) => ({ label, reader })),
  textKept: [{ label }],
  textNotKept: [{ label, most: 5 }],
  whatToSay: readers.map((reader) => ({ label, reader })),
  codeNotInUse: [undefined],
  privateRelay: [undefined],
  requestAccepted: readers.flatMap((reader) => places.map((where) => ({ label, reader, where }))),
  requestDeclined: [{ label }],
  requestUnanswered: [{ label, days }],

  request: levels.map((encryption) => ({
    ...{ number: 1, label, name, network: "SMS", encryption },
    ...{ text: "hi, is it still there?", isOnly: encryption === "none" },
  })),
  requests: [{ open }, { open: open.slice(0, 1) }, { open: [] }],
  whichRequest: [{ open }],
  noSuchRequest: [
    { number: 4, open },
    { number: 4, open: [] },
  ],
  accepted: places.map((where) => ({ name, where })),
  declined: [{ label }],
  requestLeft: [{ number: 1, label: "bike", name: "Amber Fox" }],
  requestEnded: [{ number: 1, label, name, days }],

  linkCode: [{ code: "48213067", minutes: 10, doors }],
  joinLink: [
    { own: "SMS", other: user },
    { own, other: phone },
  ],
  linkAsked: [{ network: "Matrix" }],
  confirmLink: [{ other: phone }, { other: user }],
  linked: [
    { own, others: [phone], prefer: ["sms", "matrix"] },
    { own: "SMS", others: [user], prefer: ["matrix", "sms"] },
  ],
  notLinked: ["you", "they", "late", "already", "others", "handles", "same"],
  unlinked: [undefined],
  unlinkedBy: [user, phone],
  unlinkedFrom: [user, phone],
  nothingLinked: [undefined],
  noAccountOn: [{ network: "WhatsApp" }],
  whichAccount: [{ commands: ["unlink sms 42", "unlink sms 17"] }],
  me: [
    { own, others: [], prefer: [] },
    { own, others: [user, phone], prefer: [] },
    { own: "SMS", others: [user], prefer: ["Matrix", "SMS"] },
  ],
  takesNoTexts: [phone],
  preferred: [{ networks: [] }, { networks: ["WhatsApp"] }, { networks: ["WhatsApp", "Matrix", "SMS"] }],

  blocked: [undefined],
  blockedList: [{ names: [] }, { names: [name, before] }],
  unblocked: [{ name }],
  muted: [undefined],
  unmuted: [{ name }],
  nobodyCalled: [{ name }, { name, near: before }],
  notBlocked: [{ name }],
  blockedHere: [{ name }],
  whichConversation: [{ names: [] }, { names: [name, before] }],
  nameChanged: [{ name }],
  nameAnnounced: [{ before, now: name }],
  nameRefused: (["alike", "address", "reserved", "form", "given"] as const).map((why) => ({ name, why })),

  weakestHop: levels.map((encryption) => ({
    network: "WhatsApp",
    encryption,
    unrecallable: ["SMS", "WhatsApp"],
  })),
  goesOnHere: readers.map((reader) => ({ name, label, reader, isShared: reader === "number" })),
  said: [{ name, label, text: "is it still there?" }],
  toWhom: [{ conversations: [{ name, label }, { name: before }] }],
  openHere: [{ conversations: [] }, { conversations: [{ name, label }, { name: before }] }],
  groupsOffered: [undefined],
  groupsOn: [{ conversations: [] }, { conversations: [{ name, label }, { name: before }] }],
  groupsOff: [{ conversations: [] }, { conversations: [{ name, label }, { name: before }] }],
  groupNotMade: [{ name, label }, { name }],
  inFormerGroup: [{ name, label }, { name }],
  wentTo: [{ name }],
  notSent: [
    { texts: 1, why: "answered" },
    { texts: 1, why: "unanswered" },
    { texts: 3, why: "unanswered" },
  ],
  leftByOther: [{ name }],
  ended: [undefined],
  encryptedRoom: [{ invited: true }, { invited: false }],
  readableRoom: [undefined],

  guardQuestion: (["phone", "email", "account", "contact"] as const).map((what) => ({ what, name })),
  guardAlways: [undefined],
  guardOn: [undefined],
  guardOff: [undefined],

  wrongCodes: [{ until }],
  codesPaused: [{ until }],
  newContacts: [{ until }],
  tooFast: [{ until }],
  tooManyCommands: [{ until }],

  forgetQuestion: [undefined],
  forgotten: [undefined],
  notForgotten: [undefined],
  exported: [
    {
      ...{
        since: "22 Nov",
        kept: [],
        prefer: [],
        guarded: true,
        handles: [],
        conversations: [],
        blocked: [],
        muted: [],
      },
      accounts: [{ account: { kind: "user", network: "Matrix", beginning: "@al" }, since: "22 Nov" }],
      stopped: [],
    },
    {
      ...{ since: "22 Nov 2025", prefer: ["SMS", "Matrix"], guarded: false },
      kept: [{ network: "WhatsApp", days: 7 }],
      accounts: [
        { account: { kind: "user", network: "Matrix", beginning: "@al" }, since: "22 Nov 2025" },
        { account: { kind: "number", network: "SMS", ending: "42" }, since: "1 Dec" },
      ],
      handles: [{ label: "bike", code: "k3v9-7qxm-4t", until: "22 Dec" }],
      conversations: [
        { name: "Amber Fox", label: "bike", own: "bike", network: "Matrix", state: "open" },
        { name: "lamp", own: "Velvet Otter", network: "SMS", state: "asks" },
        { name: "Leo", own: "boat", network: undefined, state: "ended" },
      ],
      blocked: [{ name: "Grey Crow", since: "3 Dec" }],
      muted: [{ name: "Leo", since: "4 Dec" }],
      stopped: [{ kind: "number", network: "SMS", ending: "42" }],
    },
  ],

  stopped: [undefined],
  resumed: [{ closed: [] }, { closed: ["+1 415 555 0111"] }],

  helpLine: COMMAND_NAMES,
  usage: problems.map((problem) => ({ problem, example: "handle new bike for 30d" })),
  unknownCommand: [{ word: "a".repeat(20) }, { word: "blok", near: "/block" }],
  notUnderstood: [{}, { near: "handle new" }],
  onlyAtDesk: [{ command: "/handle new" }, { command: "/handle new", desk: "+1 415 555 0100" }],
  onlyInConversations: [{ command: "name" }],
  onlyEncrypted: [{ command: "export", network: "SMS" }],
  noGroups: [
    { network: "Matrix", hasRooms: true },
    { network: "SMS", hasRooms: false },
  ],
  helpInShort: [
    { commands: ["link", "me", "blocked"], inConversation: false },
    { commands: ["/block", "/name"], inConversation: true },
  ],
  helpInFull: [
    { lines: ["link: links"], elsewhere: ["/block"], inConversation: false },
    { lines: ["/block: blocks"], elsewhere: [], inConversation: true },
  ],
};
