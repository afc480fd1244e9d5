/** One line of the benchmark's table. */
export interface BenchRow {
  what: string;
  /** With its unit. */
  measured: string;
  /** What the project claims, with its unit. */
  goal: string;
  /** Against the other system measured in the same run, or against the goal. */
  ratio: string;
}
