/**
 * One word for a POSIX shell, whatever the value holds (POSIX.1-2017, Shell Command Language 2.2.2). Meant for arguments:
 * a first word with an equals sign would be an assignment, and whether a leading hyphen is an option is the command's matter.
 * @throws TypeError for a value with a NUL byte, which no argument can hold
 */
export function shellQuote(value: string): string {
  if (value.includes('\0')) throw new TypeError(`no argument can hold a NUL byte: ${JSON.stringify(value)}`);
  return /^[A-Za-z0-9_./:=@%+-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}
