import { type AlertTexts, alertsEnglish } from "./texts/alerts.ts";
import { type ChatTexts, chatsEnglish } from "./texts/chats.ts";
import { type CommandTexts, commandsEnglish } from "./texts/command-texts.ts";
import { type DeliveryTexts, deliveryEnglish } from "./texts/delivery.ts";
import { type GuardTexts, guardEnglish } from "./texts/guard.ts";
import { type HandleTexts, handlesEnglish } from "./texts/handles.ts";
import { type LimitTexts, limitsEnglish } from "./texts/limits.ts";
import { type LinkTexts, linksEnglish } from "./texts/links.ts";
import { type OperatorTexts, operatorEnglish } from "./texts/operator.ts";
import { type OptOutTexts, optOutEnglish } from "./texts/opt-out.ts";
import { type OwnDataTexts, ownDataEnglish } from "./texts/own-data.ts";
import { type PeopleTexts, peopleEnglish } from "./texts/people.ts";
import { type GuestTexts, guestEnglish, type OwnerTexts, ownerEnglish } from "./texts/requests.ts";

export { ALERT_KINDS, type Alert } from "./texts/alerts.ts";
export type { CommandName, UsageProblem } from "./texts/command-texts.ts";
export type { GivenAway } from "./texts/guard.ts";
export type { ListedHandle } from "./texts/handles.ts";
export type { NotLinked } from "./texts/links.ts";
export type { AccountTrouble } from "./texts/operator.ts";
export type { OwnConversation, OwnData } from "./texts/own-data.ts";
export type { NameProblem } from "./texts/people.ts";
export type { WaitingRequest } from "./texts/requests.ts";
export { dayOf, timeOfDay } from "./texts/times.ts";
export {
  type FrontDoor,
  type LinkedAccount,
  type Named,
  nameWithLabel,
  type Reader,
  type Whereabouts,
} from "./texts/words.ts";

/**
 * Everything that the bridge says to people, in one language: a function for each sentence, whose parameters are plain data.
 * Texts to SMS fit one part of 160 where they can.
 */
export interface Texts
  extends AlertTexts,
    ChatTexts,
    CommandTexts,
    DeliveryTexts,
    GuardTexts,
    GuestTexts,
    HandleTexts,
    LimitTexts,
    LinkTexts,
    OperatorTexts,
    OptOutTexts,
    OwnDataTexts,
    OwnerTexts,
    PeopleTexts {}

/** The texts in English. */
export const english: Texts = {
  ...alertsEnglish,
  ...chatsEnglish,
  ...commandsEnglish,
  ...deliveryEnglish,
  ...guardEnglish,
  ...guestEnglish,
  ...handlesEnglish,
  ...limitsEnglish,
  ...linksEnglish,
  ...operatorEnglish,
  ...optOutEnglish,
  ...ownDataEnglish,
  ...ownerEnglish,
  ...peopleEnglish,
};
