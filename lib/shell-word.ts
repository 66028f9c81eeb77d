/** A word for any POSIX shell, which gives it back as it is: ssh gives the far side one text, whose shell takes it apart again. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
