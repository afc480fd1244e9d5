/**
 * How the engine tells what it is doing. The command line draws it; tests collect it. Nothing else in the engine
 * prints.
 */
export interface Progress {
  /** Runs the work as a named step: begin, end and duration are shown. Steps nest. */
  step<T>(title: string, work: (progress: Progress) => Promise<T>): Promise<T>;
  /** One line of note inside the current step. */
  note(text: string): void;
}

export const silent: Progress = {
  step: (_title, work) => work(silent),
  note: () => undefined,
};
