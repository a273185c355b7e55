import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { BLOCKS, NAMES, OPT_OUT } from "./transcripts/control.ts";
import { DEGRADED, MAYBE_DELIVERED, NOT_DELIVERED } from "./transcripts/delivery.ts";

playChapters([BLOCKS, NAMES, OPT_OUT, NOT_DELIVERED, MAYBE_DELIVERED, DEGRADED], openScripted);
