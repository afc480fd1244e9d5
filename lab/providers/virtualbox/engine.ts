/**
 * What runs a machine's instructions, from its VBox.log (HMR3Init in HM.cpp, NEMR3Init in NEMR3.cpp): `virtualbox` for VT-x
 * and AMD-V, `virtualbox-nem` for the host's own hypervisor (as Hyper-V), `virtualbox-interpreted` without hardware
 * virtualisation, `virtualbox-unknown` when the log does not tell.
 */
export function engineOf(log: string): string {
  const found = engines.find(({ line }) => line.test(log));
  return found === undefined ? 'virtualbox-unknown' : found.engine;
}

/** In this order: a machine that falls back tells first what it tried. */
const engines = [
  { engine: 'virtualbox-interpreted', line: /^[\d:.]+ HM: HMR3Init: Falling back on IEM/m },
  { engine: 'virtualbox-nem', line: /^[\d:.]+ NEM: NEMR3Init: (?:Active|Snail|Turtle)/m },
  { engine: 'virtualbox', line: /^[\d:.]+ HM: HMR3Init: (?:VT-x|AMD-V)/m },
] as const;
