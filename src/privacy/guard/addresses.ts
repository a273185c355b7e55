import { type Finding, type GivenAwayKind, type Stretch, stretches } from "./found.ts";

const LABEL = String.raw`[\p{L}\d](?:[\p{L}\d-]{0,61}[\p{L}\d])?`;
const TOP = String.raw`(?:\p{L}{2,24}|xn--[a-z\d-]{2,59})`;
const HOST = String.raw`(?:${LABEL}\.){1,8}${TOP}`;
const LOCAL = String.raw`[\p{L}\d][\p{L}\d._%+'-]{0,63}`;
const NOT_BEFORE = String.raw`(?<![\p{L}\d._%+'-])`;
const NOT_AFTER = String.raw`(?![\p{L}\d])`;

/** An at sign in brackets or between other signs: `name(at)example.com`, `name_at_example.com`. */
const SET_AT = String.raw` ?(?:[(\[{<] ?(?:at|@|arroba|arobase|ät) ?[)\]}>]|[-_*] ?(?:at|arroba) ?[-_*]) ?`;
const SAID_AT = " (?:at|arroba|arobas|arobase|chiocciola|klammeraffe) ";
const SAID_DOT = String.raw`(?: (?:dot|punto|ponto|punkt|point) | ?[(\[{<] ?(?:dot|\.|punkt|punto|ponto|point) ?[)\]}>] ?|[-_*]dot[-_*])`;
/** The last part of a domain when it is spoken: any other word is one of the sentence. */
const SAID_TOP =
  "(?:com|net|org|info|biz|io|app|dev|me|co|uk|de|fr|es|pt|it|nl|be|ch|at|eu|us|ca|au|nz|ie|in|br|mx|ar|pl|se|no|dk|fi|cz|hu|gr|ro|ua|ru|tr|il|jp|cn|kr|sg|hk|za|ng|ke|edu|gov|xyz|online|mail|email)";
/** Of domains in which people have mail. */
const MAIL_HOST =
  "(?:gmail|googlemail|hotmail|outlook|yahoo|ymail|icloud|proton|protonmail|gmx|yandex|aol|live|msn|fastmail|tutanota|mail)";

interface Shape {
  readonly kind: GivenAwayKind;
  readonly pattern: RegExp;
  /** Written so that other sentences look like it ("look at ebay dot com"): what stands before decides. */
  readonly doubtful?: true;
}

const shape = (kind: GivenAwayKind, pattern: string, doubtful?: true): Shape => ({
  kind,
  pattern: new RegExp(pattern, "gu"),
  ...(doubtful && { doubtful }),
});

/** The first kind that claims a stretch keeps it. */
const SHAPES: readonly Shape[] = [
  // 447700900123@s.whatsapp.net, 123-456@g.us, 123:4@lid
  shape(
    "jid",
    String.raw`(?<![\p{L}\d.+-])\+?[\p{L}\d][\p{L}\d._:-]{2,63}@(?:s\.whatsapp\.net|c\.us|g\.us|lid|hosted\.lid|broadcast|newsletter)${NOT_AFTER}`,
  ),
  // @ana:example.org
  shape(
    "mxid",
    String.raw`(?<![\p{L}\d._-])@[a-z\d._=/+-]{1,255}:(?:${HOST}|localhost|(?:\d{1,3}\.){3}\d{1,3}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?${NOT_AFTER}`,
  ),
  shape(
    "mxid",
    String.raw`(?<![\p{L}\d])(?:@|at )[a-z\d._=-]{1,64} ?(?:colon|:) ?[a-z\d-]{1,63}(?:${SAID_DOT}[a-z\d-]{1,63}){1,4}${NOT_AFTER}`,
  ),
  shape("email", `${NOT_BEFORE}${LOCAL}@${HOST}${NOT_AFTER}`),
  shape(
    "email",
    `${NOT_BEFORE}${LOCAL}(?:${SET_AT}|@)${LABEL}(?:(?:\\.|${SAID_DOT})${LABEL}){0,4}(?:\\.|${SAID_DOT})${TOP}${NOT_AFTER}`,
  ),
  shape("email", `${NOT_BEFORE}${LOCAL}${SET_AT}${MAIL_HOST}${NOT_AFTER}`),
  shape(
    "email",
    `${NOT_BEFORE}${LOCAL} ?@ ?${LABEL}(?: ?\\.${LABEL}| \\. ${LABEL}){0,3}(?: ?\\.| \\. )${TOP}${NOT_AFTER}`,
    true,
  ),
  shape(
    "email",
    `${NOT_BEFORE}(?:${LOCAL} dot ){0,3}${LOCAL}${SAID_AT}${LABEL}(?:${SAID_DOT}${LABEL}){0,3}${SAID_DOT}${SAID_TOP}${NOT_AFTER}`,
    true,
  ),
  shape(
    "email",
    `${NOT_BEFORE}${LOCAL}(?:${SAID_AT}| @ ?)${MAIL_HOST}(?:(?:\\.|${SAID_DOT})${TOP})?${NOT_AFTER}`,
    true,
  ),
];

/** Words before a spoken "at" that aren't the name of a mailbox. */
const NO_MAILBOX =
  /^(?:look|looks|looking|looked|see|seen|saw|check|find|found|buy|bought|sell|sold|selling|shop|order|ordered|available|listed|advertised|cheaper|it|its|is|are|was|were|be|am|me|them|him|her|us|this|that|one|ones|here|there|now|on|up|out|over|live|work|works|worked|working|job|meet|price|prices|priced|deal|deals|arrive|pay|paid|start|starts|started|stuff|store|only|more|still|same|new|used|prime|website|site|page|app|apple|week|today|tomorrow|\d{1,4})$/;
const MAIL_CUE =
  /(?<![\p{L}\d])(?:e-?mail|mail|write to me|inbox|correo|courriel|endereco|adresse|indirizzo)(?![\p{L}\d])/u;

/** Finds mail addresses, Matrix ids and WhatsApp ids in a reading, written plainly or spoken. */
export function findAddresses(text: string): Finding[] {
  return SHAPES.flatMap(({ kind, pattern, doubtful }) =>
    stretches(text, pattern)
      .filter((stretch) => doubtful === undefined || isMailbox(text, stretch))
      .map((stretch) => ({ kind, ...stretch })),
  );
}

function isMailbox(text: string, { start, end }: Stretch): boolean {
  const local = /^[\p{L}\d._%+'-]+/u.exec(text.slice(start, end))?.[0] ?? "";
  return !NO_MAILBOX.test(local) || MAIL_CUE.test(text.slice(Math.max(0, start - 24), start));
}
