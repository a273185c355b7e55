import type { ErrandKind } from "../../model/errand.ts";
import { answerRequest } from "./answer-request.ts";
import { command } from "./commands.ts";
import { confirmLink } from "./confirm-link.ts";
import { contact } from "./contact.ts";
import type { ErrandHandler } from "./errand.ts";
import { follow } from "./follow.ts";
import { forgetMe } from "./forget-me.ts";
import { answerGuard, guard, guarded } from "./guard.ts";
import { hold, release } from "./hold.ts";
import { joinLink } from "./join-link.ts";
import { optIn, optOut } from "./opt-out.ts";
import { pairAccount } from "./pair-account.ts";
import { readableDesk } from "./readable-desk.ts";
import { redeemLink } from "./redeem-link.ts";
import { revise } from "./revise.ts";
import { say } from "./say.ts";
import { sendAgain } from "./send-again.ts";
import { stranger } from "./stranger.ts";

/** Who does which errand. */
export const errands: { readonly [K in ErrandKind]?: ErrandHandler<K> } = {
  contact,
  stranger,
  say: guarded(say),
  hold,
  release,
  "answer-request": answerRequest,
  "send-again": sendAgain,
  guard,
  revise,
  "answer-guard": answerGuard,
  "readable-desk": readableDesk,
  "pair-account": pairAccount,
  "opt-out": optOut,
  "opt-in": optIn,
  command,
  follow,
  "redeem-link": redeemLink,
  "join-link": joinLink,
  "confirm-link": confirmLink,
  "forget-me": forgetMe,
};
