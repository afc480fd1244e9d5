/** Words before a command that end it when this process dies, kill -9 included (prctl(2), PR_SET_PDEATHSIG). */
export function diesWithParent(signal: 'TERM' | 'KILL' | 'INT'): string[] {
  return process.platform === 'linux' ? ['setpriv', '--pdeathsig', signal] : [];
}
