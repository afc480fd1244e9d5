import type { OutputStream } from './context.ts';
import { stripVTControlCharacters } from 'node:util';

export interface Row {
  /** May be changed while it is shown. */
  text: string;
  startedMs: number;
  expectedMs: number | undefined;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const redrawEveryMs = 100;

/** The lines at the bottom of a terminal that change: one per running step. Everything above them stays. */
export class LiveRegion {
  private readonly stream: OutputStream;
  private readonly nowMs: () => number;
  private readonly rows = new Set<Row>();
  private readonly timer: NodeJS.Timeout;
  private readonly head: () => readonly string[];
  private drawn = 0;
  private frame = 0;

  /** @param head lines above the rows that are drawn anew with them; left out where the terminal is too low for all */
  constructor(stream: OutputStream, nowMs: () => number, head: () => readonly string[] = () => []) {
    this.stream = stream;
    this.nowMs = nowMs;
    this.head = head;
    this.timer = setInterval(() => {
      this.frame += 1;
      this.redraw('');
    }, redrawEveryMs);
    this.timer.unref();
  }

  begin(row: Row): { end(): void } {
    this.rows.add(row);
    this.redraw('');
    return {
      end: () => {
        this.rows.delete(row);
      },
    };
  }

  printAbove(text: string): void {
    this.redraw(`${text}\n`);
  }

  end(): void {
    clearInterval(this.timer);
    this.rows.clear();
    this.redraw('');
  }

  /** ECMA-48: CUU moves up, ED 0 clears to the end of the screen. */
  private redraw(above: string): void {
    if (this.drawn === 0 && this.rows.size === 0 && above === '') return;
    const back = this.drawn === 0 ? '' : `\u001b[${String(this.drawn)}A\r\u001b[0J`;
    const rows = [...this.rows].map((row) => this.lineOf(row));
    const head = rows.length === 0 ? [] : this.head().map((line) => this.cut(line));
    // What has scrolled out of the terminal cannot be drawn over.
    const lines = head.length + rows.length < (this.stream.rows ?? 24) ? [...head, ...rows] : rows;
    this.drawn = lines.length;
    this.stream.write(back + above + lines.map((line) => `${line}\n`).join(''));
  }

  private lineOf({ text, startedMs, expectedMs }: Row): string {
    const margin = /^ */.exec(text)?.[0] ?? '';
    const elapsed = `${((this.nowMs() - startedMs) / 1000).toFixed(0)} s`;
    const expected = expectedMs === undefined ? '' : ` of about ${(expectedMs / 1000).toFixed(0)} s`;
    const spinner = frames[this.frame % frames.length] ?? '';
    const line = `${margin}${spinner} ${text.slice(margin.length)} ${elapsed}${expected}`;
    return this.cut(line);
  }

  /** A line that wrapped would take two rows, and the next redraw would leave one behind. */
  private cut(line: string): string {
    return stripVTControlCharacters(line).slice(0, Math.max(10, (this.stream.columns ?? 80) - 1));
  }
}
