import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { BLOCKED_ELSEWHERE, MUTED_ELSEWHERE } from "./transcripts/other-handles.ts";

playChapters([BLOCKED_ELSEWHERE, MUTED_ELSEWHERE], openScripted);
