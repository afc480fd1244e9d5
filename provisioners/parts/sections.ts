/** Prints files as named sections, in one go: processes are dear on an emulated machine. */
export function printFiles(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .map(([name, file]) => `echo '=== ${name}'; [ ! -r ${file} ] || cat ${file}`)
    .join('; ');
}

/** Prints what a command says as a named section, whatever its status. */
export function printOutput(name: string, command: string): string {
  return `echo '=== ${name}'; ${command} 2>&1 || :`;
}

/** Takes such output apart: name -> text. */
export function parseSections(text: string): Map<string, string> {
  const sections = new Map<string, string>();
  let name: string | undefined;
  for (const line of text.split('\n')) {
    const header = /^=== (\S+)$/.exec(line)?.[1];
    if (header !== undefined) {
      name = header;
      sections.set(name, '');
    } else if (name !== undefined) {
      sections.set(name, `${sections.get(name) ?? ''}${line}\n`);
    }
  }
  return sections;
}
