/**
 * Words that matter around and inside phone numbers, as a reading has them: small letters, no accents. English, Spanish,
 * Portuguese, French, German and Italian. Other languages are caught by their digits alone.
 */

/** Single digits that are written out. */
export const DIGIT_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "0": "zero oh nought naught nil cero null",
    "1": "one uno una um uma un une eins ein",
    "2": "two dos dois duas deux zwei zwo due",
    "3": "three tres trois drei tre",
    "4": "four cuatro quatro quatre vier quattro",
    "5": "five cinco cinq funf fuenf cinque",
    "6": "six seis sechs sei",
    "7": "seven siete sete sept sieben sette",
    "8": "eight ocho oito huit acht otto",
    "9": "nine nueve nove neuf neun niner",
  }).flatMap(([digit, words]) => words.split(" ").map((word) => [word, digit] as const)),
);

/** English numbers of two digits that stand alone. */
export const TEEN_WORDS: ReadonlyMap<string, string> = new Map(
  "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ")
    .map((word, at) => [word, String(10 + at)]),
);

/** The first digit of English tens: alone `twenty` is 20, before `three` it is 2. */
export const TEN_WORDS: ReadonlyMap<string, string> = new Map(
  "twenty thirty forty fifty sixty seventy eighty ninety"
    .split(" ")
    .map((word, at) => [word, String(2 + at)]),
);

/** How often the next digit comes. */
export const REPEATS: ReadonlyMap<string, number> = new Map([
  ["double", 2],
  ["treble", 3],
  ["triple", 3],
  ["doble", 2],
]);

/** The sign that begins an international number. */
export const PLUS_WORDS: ReadonlySet<string> = new Set(["plus", "mas", "mais", "piu"]);

/** What people put between the parts of a number to hide it or when they dictate it. */
export const FILLERS: ReadonlySet<string> = new Set(
  "then and dash space dot point minus hyphen slash stroke x y e et und dann luego depois puis punto ponto punkt tiret".split(
    " ",
  ),
);

/** Somebody speaks of phoning, before the number. */
export const CUE_BEFORE =
  /(?<![\p{L}\d])(?:call(?: me| us)?|phone|ring|dial|text(?: me)?|txt|sms|tel|telephone|mobile|mob|cell(?:phone)?|(?:my|our|phone|his|her) (?:number|num|no|nr)|(?<=^|[.,;!?] )number(?: is|:)|whats ?app|wapp|wsp|viber|telegram|signal|reach me|contact me|telefono|telefone|telefon|telemovel|celular|movil|handy(?:nummer)?|nummer|numero|liga|ligar|ligue|llama(?:me|r)?|appele[rz]|appelle|portable|ruf|rufe|anrufen|cellulare|chiama(?:mi)?)(?![\p{L}\d])[^!?;\n]{0,30}$/u;

/** Or after it. */
export const CUE_AFTER =
  /^[ ,.()-]{0,3}(?:(?:is|that'?s|it'?s|on) )?(?:(?:my|the|our) )?(?:phone|mobile|cell|number|whats ?app|viber|signal|telegram|call me|text me|ring me|tel)(?![\p{L}\d])/u;
