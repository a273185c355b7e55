import { playChapters } from "./chapters.ts";
import { playOwnTimes } from "./own-times.ts";
import { openScripted } from "./scripted-stage.ts";
import { CODES, WITHOUT_CODE } from "./transcripts/codes.ts";
import { ACCEPTING, BLOCKING, DECLINING, ON_MATRIX } from "./transcripts/first-contact.ts";
import { SEVERAL, UNANSWERED } from "./transcripts/requests.ts";

playChapters(
  [ACCEPTING, ON_MATRIX, DECLINING, BLOCKING, UNANSWERED, SEVERAL, CODES, WITHOUT_CODE],
  openScripted,
);
playOwnTimes(openScripted);
