/** Letters and digits that stand together; of scripts that write no blanks between words, each sign. */
const words =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+/gu;

/** More of a text is not looked at. */
const mostCharacters = 4000;

/** The words of a text, in small letters, of whatever language. */
export function wordsOf(text: string): readonly string[] {
  return text.slice(0, mostCharacters).normalize('NFC').toLowerCase().match(words) ?? [];
}
