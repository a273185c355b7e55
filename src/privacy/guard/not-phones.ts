import { type Stretch, stretches } from "./found.ts";

// Numbers of other kinds that a message about a sale is full of. What matches is taken out before phones are looked for, so each
// pattern says what it is and nothing wider. All work on a reading: small letters, ASCII digits, one kind of dash and space.

/** Seven digits at most unless they are in thousands: a longer one isn't said to be a price by the word after it. */
const NUMBER = String.raw`(?!0(?![.,]))(?:\d{1,3}(?:[ .,']\d{3})+|\d{1,7})(?!\d)(?:[.,]\d{1,2})?`;
/** A number that isn't the rest of a longer one. */
const AMOUNT = String.raw`(?<![\p{L}\d+]|\d[ .,'-])${NUMBER}`;
const SIGN = "[€$£¥₹₺₽฿₪₩₴₦₱₫]";
const CURRENCY = oneOf(`
  eur euros? usd dollars? gbp pounds? quid bucks cents? chf dkk sek nok kr kronor kroner pln zl czk kc huf ft ron lei brl reais
  r\\$ inr rs rupees? jpy yen cny yuan rmb krw mxn pesos? aud cad nzd sgd hkd zar rand aed dirhams? tl rub rubles? uah
  ngn naira kes ksh php thb baht idr rp vnd`);
const UNIT = oneOf(`
  mm cm km kms kilomet(?:er|re)s? miles? mi met(?:er|re)s? inch(?:es)? feet yards? m2 sqm sq kg kgs kilos? grams? lbs? oz
  lit(?:er|re)s? ml cl watts? kw kwh volts? mah wh amps? hp cc rpm gb tb mb kb mhz ghz hz mp megapixels? px dpi fps lumens? lm
  degrees percent pages? pieces? pcs parts items units? users views followers people copies times steps points pts calories kcal
  hours? hrs minutes? mins? seconds? secs? days? weeks? months? years? yrs`);
/** What a number can be called that nobody is called by. */
const LABEL = oneOf(`
  order invoice receipt ref(?:erence)? booking reservation ticket listing article art item lot ad advert model part sku asin upc
  ean gtin barcode code pin key password wifi id s/n sn serial imei vin tracking parcel package shipment account acct
  sort\\scode iban bic blz isbn zip post\\s?code card case policy licence license passport cert(?:ificate)? vat tax nif nie cif
  ikea lego bestellung bestellnummer artikel pedido encomenda commande ordine`);
/** Of those with spaces inside. */
const GROUPED_LABEL = oneOf(`
  isbn ean gtin barcode imei iban serial tracking parcel account acct konto kto sort\\scode card siret siren steuernummer tax`);
/** A label isn't meant after these: "my WhatsApp id". */
const NOT_OF_A_PHONE = String.raw`(?<![\p{L}\d]|(?:phone|mobile|whats ?app|telegram|viber|signal|contact) )`;

const PATTERNS: readonly RegExp[] = [
  // 12.05.2024, 2024-05-12, 5/12/24
  /(?<![\d+]|\d[-./])(?:\d{1,2}([-./])\d{1,2}\1(?:(?:19|20)\d{2}|\d{2})|(?:19|20)\d{2}([-./])\d{1,2}\2\d{1,2})(?![-./]?\d)/g,
  // 12 05 2024
  /(?<![\d+]|\d )(?:0?[1-9]|[12]\d|3[01]) (?:0?[1-9]|1[0-2]) (?:19|20)\d{2}(?! ?\d)/g,
  // 2019-2024, 2010 2012 2015
  /(?<![\d+]|\d[ ()./-]{1,3})(?:19|20)\d{2}(?: ?[-/, ] ?(?:19|20)\d{2})+(?! ?-?\d)/g,
  // 18:30, 18.30, 18h30, 18:30:05
  /(?<![\d.+])(?:[01]?\d|2[0-4])(?:[:h]|\.(?=\d{2}(?!\d|\.\d)))[0-5]\d(?::[0-5]\d)?(?!\d)/g,
  new RegExp(`(?:${SIGN}|(?<![\\p{L}\\d])(?:${CURRENCY})\\.?) ?${NUMBER}`, "gu"),
  new RegExp(`${AMOUNT} ?(?:${SIGN}|%|,-|(?:${CURRENCY}|${UNIT})(?![\\p{L}\\d]))`, "gu"),
  // 10l, where the l isn't a 1
  new RegExp(`${AMOUNT}l(?![\\p{L}\\d])`, "gu"),
  // 120 x 60 x 75
  /(?<![\p{L}\d+]|\d[ ().-]{1,3})(?!0\d)\d{1,4}(?:[.,]\d+)?(?: ?[x*×] ?\d{1,4}(?:[.,]\d+)?){1,3}(?! ?[x*×]?\d)/gu,
  // The sizes of screens, without their x
  /(?<![\d+]|\d[ .-])(?:1280 720|1920 1080|2560 1440|3840 2160)(?! ?\d)/g,
  // 20000-25000: from a round number to a round number
  /(?<![\d+]|\d[ ().-]{1,3})[1-9]\d{0,5}00 ?- ?[1-9]\d{0,5}00(?![ .-]{0,3}\d)/g,
  // 192.168.1.20: the addresses inside a home; others look like phone numbers of some countries
  /(?<![\d.+])(?:192\.168|10\.\d{1,3}|127\.0|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(?!\.?\d)/g,
  // 38.7223, -9.1393
  /(?<![\d.])\d{1,3}\.\d{3,} ?, ?-?\d{1,3}\.\d{3,}(?![\d.])/g,
  // ISBN-13
  /(?<![\d+])97[89](?:[ -]?\d){10}(?![ -]?\d)/g,
  // A number that says what it is
  new RegExp(
    `(?:#|${NOT_OF_A_PHONE}(?:${LABEL})(?: (?:number|no|nr|num|id|code|is))*[.:#]{0,2} ?(?:n[or]\\.? ?)?#?)[a-z]{0,3}\\d+(?:-\\d+)*(?![\\d-])`,
    "gu",
  ),
  new RegExp(
    `${NOT_OF_A_PHONE}(?:${GROUPED_LABEL})(?: (?:number|no|nr|code|is))*[.:#]{0,2} ?\\d[\\d /-]{5,30}`,
    "gu",
  ),
  // Web addresses; those that give somebody away are looked for elsewhere
  /(?:https?:\/\/|www\.)\S+/g,
  /(?<![\p{L}\d@.-])[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})*\.[a-z]{2,10}\/\S*/gu,
];

/** What stands in place of each character that is taken out: never part of a number, and nothing reaches across it. */
export const TAKEN_OUT = "\0";

/** The text with every number that is of another kind, and the given stretches, taken out. Keeps its length. */
export function withoutOtherNumbers(text: string, also: readonly Stretch[]): string {
  return takeOut(text, [...also, ...PATTERNS.flatMap((pattern) => stretches(text, pattern)), ...ibans(text)]);
}

const IBAN = /(?<![\p{L}\d])[a-z]{2}\d{2}(?: ?[a-z\d]{4}){2,7}(?: ?[a-z\d]{1,3})?(?![\p{L}\d])/gu;

const SHORTEST_IBAN = 15;

/** How to pay somebody, not how to reach them. */
function ibans(text: string): Stretch[] {
  return stretches(text, IBAN).flatMap(
    (stretch) => endOfIban(text.slice(stretch.start, stretch.end), stretch) ?? [],
  );
}

/** The words after it can look like more of it, so it may end before any space. */
function endOfIban(text: string, { start }: Stretch): Stretch | undefined {
  for (let end = text.length; end >= SHORTEST_IBAN; end = text.lastIndexOf(" ", end - 1)) {
    if (isIban(text.slice(0, end).replaceAll(" ", ""))) return { start, end: start + end };
  }
  return undefined;
}

/** ISO 13616: the country and check digits moved to the end, letters as 10 to 35, the remainder by 97 is 1. */
function isIban(iban: string): boolean {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value < 10 ? 10 : 100) + value) % 97;
  }
  return remainder === 1;
}

function takeOut(text: string, taken: readonly Stretch[]): string {
  let rest = "";
  let at = 0;
  for (const { start, end } of taken.toSorted((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    const from = Math.max(start, at);
    rest += text.slice(at, from) + TAKEN_OUT.repeat(end - from);
    at = end;
  }
  return rest + text.slice(at);
}

/** The words of a list as alternatives of a pattern. */
function oneOf(list: string): string {
  return list.trim().split(/\s+/).join("|");
}
