import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { LINKED_GUEST, LINKED_TALK, LINKING, PREFERRING } from "./transcripts/linking.ts";
import { ONE_PERSON, TOLD_ONCE } from "./transcripts/one-person.ts";

playChapters([LINKING, LINKED_TALK, LINKED_GUEST, PREFERRING, ONE_PERSON, TOLD_ONCE], openScripted);
