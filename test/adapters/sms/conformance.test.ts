import { smsAdapter } from "../../../adapters/sms/index.ts";
import { smsFixture } from "../../conformance/networks/sms.ts";
import { runConformance } from "../../conformance.ts";

const NO_ID = "a submit_sm has no id that an SMSC would recognise again, so repeatSafe is 0";
const GIVEN = "a portal is there by its number and phone alone";

runConformance(smsAdapter, smsFixture, {
  "passes on that somebody types": "SMS has no typing",
  "does an operation once that is asked for again under the same id": NO_ID,
  "does an operation once whose answer was lost, when it is asked for again": NO_ID,
  "does an operation once that is asked for again by the next process": NO_ID,
  "opens one portal for an alias, however often and by whichever process it is asked": GIVEN,
  "opens one portal for an alias in which the bridge speaks by itself, and hears what is written there":
    GIVEN,
  "marks the opening of a portal before anything goes out": GIVEN,
  "refuses to open a portal for what is no address of its network": GIVEN,
});
