import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { addresses, type Secret } from "./cast.ts";
import { FORMS } from "./forms.ts";
import { size } from "./paint.ts";
import { filesUnder, homeserverPlaces, type Place, requestPlace, submitPlace, textPlace } from "./places.ts";
import { foundOf, type Hit, plant, scan } from "./scan.ts";
import type { Stage } from "./stage.ts";
import { decryptedPlace, envelopePlace, stanzaPlace } from "./stanzas.ts";

/** How a search went, in numbers. */
export interface ScanCounts {
  /** Files, Matrix events, requests, stanzas and texts that were searched. */
  readonly places: number;
  /** In how many ways each secret was looked for. */
  readonly forms: number;
  readonly hits: number;
  /** Secrets that were hidden in such places, and how many of these the same search found. */
  readonly planted: number;
  readonly plantedFound: number;
}

/** What a search found, and what was searched in words. */
interface Searched {
  readonly counts: ScanCounts;
  readonly detail: string;
  readonly first: Hit | undefined;
}

/**
 * Searches everything that the daemon wrote or sent for all numbers and ids, and what it wrote also for texts and codes; and says
 * whether the same search finds what is planted for it.
 */
export function search(stage: Stage): Searched {
  const personal = addresses();
  const cage = join(stage.folder, "canaries");
  mkdirSync(cage);
  const planted = plant(personal, cage);
  const onDisk = [...filesUnder(stage.state), ...filesUnder(stage.keepLog())];
  const sent = sentBy(stage);
  const found = [
    ...scan([...onDisk, ...sent], personal),
    ...scan(onDisk, [...textsOf(stage), ...codesOf(stage)]),
  ];
  const octets = onDisk.flatMap(({ pieces }) => pieces).reduce((sum, { length }) => sum + length, 0);
  return {
    counts: {
      places: onDisk.length + sent.length,
      forms: FORMS.length,
      hits: found.length,
      planted: planted.length,
      plantedFound: foundOf(planted, personal),
    },
    detail:
      `${onDisk.length} files (Redis, keys, log: ${size(octets)}), and ${sent.length} Matrix events, requests, stanzas and texts searched for ` +
      `${personal.length} numbers and ids in ${FORMS.length} forms: none, nor a text or a code in the files ` +
      `(and all ${planted.length} that were planted for the test were found)`,
    first: found[0],
  };
}

function sentBy({ anasPhone, homeserver, outbox, smsc }: Stage): readonly Place[] {
  return [
    ...homeserverPlaces(homeserver.state),
    ...outbox.requests.map(requestPlace),
    ...outbox.submits.map(submitPlace),
    ...smsc.messages.map(textPlace),
    ...outbox.stanzas.map(stanzaPlace),
    ...outbox.envelopes.map(envelopePlace),
    ...anasPhone.decrypted.map(decryptedPlace),
  ];
}

/** What was written, if it is long enough to be told from chance. */
function textsOf({ phones }: Stage): readonly Secret[] {
  const texts = new Set(phones.flatMap(({ bubbles }) => bubbles.map(({ text }) => text)));
  return [...texts]
    .filter(({ length }) => length >= 12)
    .map((value, i) => ({ name: `text ${i + 1}`, value }));
}

function codesOf({ known: { code, kim, leo, linkCode } }: Stage): readonly Secret[] {
  return [
    { name: "the handle's code", value: code },
    { name: "the handle's code without dashes", value: code.replaceAll("-", "") },
    { name: "the link code", value: linkCode },
    { name: "Leo's pseudonym", value: leo },
    { name: "Kim's pseudonym", value: kim },
  ];
}
