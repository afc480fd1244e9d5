/** What `VBoxManage --version` says. */
export interface VirtualBoxVersion {
  /** As `7.0.20r163906`; undefined when there is none in the output. */
  version: string | undefined;
  /** What it warns of before that: a kernel module that is not loaded. */
  warning: string | undefined;
}

/** The version is the last line; a warning of the start script goes before it, on stdout too. */
export function parseVersion(stdout: string): VirtualBoxVersion {
  const lines = stdout
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const last = lines.at(-1) ?? '';
  const version = /^\d+\.\d+\.\d+/.test(last) ? last : undefined;
  const before = (version === undefined ? lines : lines.slice(0, -1)).join(' ');
  return { version, warning: before === '' ? undefined : before };
}

/** 7.0.20r163906 -> 7.0 */
export function seriesOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}
