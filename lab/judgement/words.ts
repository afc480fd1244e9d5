/** Figures as sentences have them. */
export function secondsText(value: number): string {
  return `${value.toFixed(Math.abs(value) < 0.95 ? 2 : 1)} s`;
}

/** `+35 %`, `-4.2 %`. */
export function changeText(share: number): string {
  const percent = 100 * share;
  const digits = Math.abs(percent) < 9.95 ? 1 : 0;
  return `${percent >= 0 ? '+' : ''}${percent.toFixed(digits)} %`;
}

/** `1 run`, `3 runs`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** `a, b and 3 more`. */
export function listed(words: readonly string[], most = 3): string {
  const rest = words.length - most;
  return rest <= 0 ? words.join(', ') : `${words.slice(0, most).join(', ')} and ${String(rest)} more`;
}
