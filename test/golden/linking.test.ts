import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";
import { LINKED_GUEST, LINKED_TALK, PREFERRING } from "./transcripts/linked-talk.ts";
import { LINKING } from "./transcripts/linking.ts";
import { ONE_PERSON, TOLD_ONCE } from "./transcripts/one-person.ts";

playChapters([LINKING, LINKED_TALK, LINKED_GUEST, PREFERRING, ONE_PERSON, TOLD_ONCE], openScripted);
