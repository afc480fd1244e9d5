import { StringDecoder } from 'node:string_decoder';

/** A consumer of chunks that hands on whole lines, without their newline; a line longer than maxLength is cut there. */
export function lineSplitter(onLine: (line: string) => void, maxLength = 65_536): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    rest += decoder.write(chunk);
    let end: number;
    while ((end = rest.indexOf('\n')) !== -1) {
      onLine(rest.slice(0, Math.min(end, maxLength)));
      rest = rest.slice(end + 1);
    }
    if (rest.length > maxLength) {
      onLine(rest.slice(0, maxLength));
      rest = '';
    }
  };
}
