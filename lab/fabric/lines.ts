import type { Socket } from 'node:net';

/** No message of the control protocol is longer. */
const maxLineBytes = 1024 * 1024;

/** Splits what a socket receives into lines. A line without an end destroys the socket with an error. */
export function onLines(socket: Socket, onLine: (line: string) => void): void {
  let parts: string[] = [];
  let heldBytes = 0;
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    const lines = text.split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      if (socket.destroyed) return;
      onLine(parts.join('') + line);
      parts = [];
      heldBytes = 0;
    }
    parts.push(last);
    heldBytes += last.length;
    if (heldBytes > maxLineBytes)
      socket.destroy(new Error(`a line of more than ${String(maxLineBytes)} bytes`));
  });
}
