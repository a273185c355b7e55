// A chat that holds several conversations, where people can quote: "Five buyers on WhatsApp" of the product's transcripts.

import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { QUOTING } from "./transcripts/quoting.ts";

playChapters([QUOTING], openScripted);
