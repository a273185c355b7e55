import { BOT, type Secret } from "./cast.ts";
import { FORMS, type Form } from "./forms.ts";
import { eventPlace, filePlace, type Place, plantedSms } from "./places.ts";
import { plantedOnWhatsApp } from "./stanzas.ts";

/** Where something was found: what, in which form; never the value. */
export interface Hit {
  readonly place: string;
  readonly secret: string;
  readonly form: string;
}

/** Looks for the secrets in all places, in every form. */
export function scan(places: readonly Place[], secrets: readonly Secret[]): readonly Hit[] {
  const wanted = secrets.flatMap(({ name, value }) =>
    FORMS.filter(({ applies }) => applies(value)).map((form) => ({
      secret: name,
      form: form.name,
      needles: form.needles(value),
    })),
  );
  return places.flatMap(({ name, pieces }) =>
    wanted
      .filter(({ needles }) => needles.some((needle) => pieces.some((piece) => piece.includes(needle))))
      .map(({ form, secret }) => ({ place: name, secret, form })),
  );
}

/** A secret that was hidden in a place. */
interface Planted {
  readonly place: Place;
  readonly secret: string;
  readonly form: string;
}

/** Hides each secret in each form in each kind of place: all of them have to be found. `cage`: a folder for files. */
export function plant(secrets: readonly Secret[], cage: string): readonly Planted[] {
  return secrets.flatMap((secret, of) =>
    FORMS.filter(({ applies }) => applies(secret.value)).flatMap((form, at) =>
      placesFor(form, secret, cage, `canary ${of}-${at}`).map((place) => ({
        place,
        secret: secret.name,
        form: form.name,
      })),
    ),
  );
}

/** How many of them the same search finds, each by what it is. */
export function foundOf(planted: readonly Planted[], secrets: readonly Secret[]): number {
  const isFound = ({ form, place, secret }: Planted): boolean =>
    scan([place], secrets).some((hit) => hit.secret === secret && hit.form === form);
  return planted.filter(isFound).length;
}

/** A binary file, a Matrix event, an SMS, a stanza to WhatsApp, and a message as a phone decrypts it. */
function placesFor(
  { canary, isText }: Form,
  { value }: Secret,
  cage: string,
  name: string,
): readonly Place[] {
  const octets = canary(value);
  const event = {
    type: "m.room.message",
    sender: BOT,
    content: { msgtype: "m.text", body: octets.toString("latin1") },
  };
  return [
    filePlace(
      cage,
      name.replace(" ", "-"),
      Buffer.concat([Buffer.from([255, 0, 1]), octets, Buffer.from([0])]),
    ),
    eventPlace(name, event),
    plantedSms(name, octets, isText),
    ...plantedOnWhatsApp(name, octets),
  ];
}
