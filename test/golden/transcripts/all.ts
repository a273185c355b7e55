import type { Chapter } from "../cast.ts";
import { CHANGED } from "./changed.ts";
import { CODES, WITHOUT_CODE } from "./codes.ts";
import { BLOCKS, NAMES, OPT_OUT } from "./control.ts";
import { DEGRADED, MAYBE_DELIVERED, NOT_DELIVERED } from "./delivery.ts";
import { ENCRYPTED } from "./encrypted.ts";
import { ACCEPTING, BLOCKING, DECLINING, ON_MATRIX } from "./first-contact.ts";
import { GIVEN_UP } from "./given-up.ts";
import { GUARD, WAITING } from "./guard.ts";
import { HANDLES } from "./handles.ts";
import { LINKED_GUEST, LINKED_TALK, PREFERRING } from "./linked-talk.ts";
import { LINKING } from "./linking.ts";
import { ONE_PERSON, TOLD_ONCE } from "./one-person.ts";
import { BLOCKED_ELSEWHERE, MUTED_ELSEWHERE } from "./other-handles.ts";
import { OTHER_NETWORKS } from "./other-networks.ts";
import { PICTURE } from "./picture.ts";
import { SEVERAL, UNANSWERED } from "./requests.ts";
import { SHARED_CHAT } from "./shared-chat.ts";
import { FIVE_BUYERS, WHATSAPP_GUEST, WHATSAPP_LINKING, WHATSAPP_SELLER } from "./whatsapp.ts";
import { WHATSAPP_COMMANDS, WHATSAPP_STOP } from "./whatsapp-commands.ts";
import { WHATSAPP_GROUPS } from "./whatsapp-groups.ts";
import { WHATSAPP_LINKED, WHATSAPP_UNANSWERED } from "./whatsapp-linked.ts";
import { WHATSAPP_SHARED } from "./whatsapp-shared.ts";

/** Every chapter. */
export const ALL: readonly Chapter[] = [
  ...[HANDLES, ACCEPTING, ON_MATRIX, DECLINING, BLOCKING, UNANSWERED, SEVERAL, CODES, WITHOUT_CODE],
  ...[
    LINKING,
    LINKED_TALK,
    LINKED_GUEST,
    PREFERRING,
    ONE_PERSON,
    TOLD_ONCE,
    BLOCKS,
    NAMES,
    OPT_OUT,
    NOT_DELIVERED,
    MAYBE_DELIVERED,
    DEGRADED,
  ],
  ...[
    OTHER_NETWORKS,
    SHARED_CHAT,
    GUARD,
    WAITING,
    CHANGED,
    GIVEN_UP,
    BLOCKED_ELSEWHERE,
    MUTED_ELSEWHERE,
    ENCRYPTED,
  ],
];

/** Every chapter with WhatsApp in it. */
export const ON_WHATSAPP: readonly Chapter[] = [
  WHATSAPP_LINKING,
  WHATSAPP_SELLER,
  WHATSAPP_GUEST,
  FIVE_BUYERS,
  WHATSAPP_COMMANDS,
  WHATSAPP_STOP,
  WHATSAPP_SHARED,
  WHATSAPP_GROUPS,
  WHATSAPP_LINKED,
  WHATSAPP_UNANSWERED,
  PICTURE,
];
