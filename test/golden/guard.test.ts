import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { GUARD } from "./transcripts/guard.ts";

playChapters([GUARD], openScripted);
