import { isAtLeast } from '../../host/programs.ts';

/**
 * Which Vagrant was the first to accept a series of VirtualBox (its VirtualBox provider refuses any other). `checked` says
 * what lab's own tests ran; the rest is from Vagrant's CHANGELOG.md.
 */
export interface AcceptedSeries {
  /** Of VirtualBox. */
  series: string;
  firstVagrant: string;
  source: string;
  checked: string;
}

export const acceptedSeries: readonly AcceptedSeries[] = [
  { series: '6.1', firstVagrant: '2.2.7', source: 'CHANGELOG of Vagrant, GH-11250', checked: 'not checked' },
  { series: '7.0', firstVagrant: '2.3.2', source: 'CHANGELOG of Vagrant, GH-12947', checked: 'not checked' },
  { series: '7.1', firstVagrant: '2.4.2', source: 'CHANGELOG of Vagrant, GH-13513', checked: 'not checked' },
  {
    series: '7.2',
    firstVagrant: '2.4.9',
    source: 'CHANGELOG of Vagrant, GH-13709',
    checked:
      'VirtualBox 7.2.22 with Vagrant 2.3.4 that was told it is 7.0: it made, found and removed the machines of a lab, on which every command of lab ran; told the truth it refused; with 2.4.9: not checked',
  },
];

/**
 * What keeps this Vagrant from using this VirtualBox; undefined when nothing is known that would.
 * @param virtualbox as `7.0.20r163906`
 * @param vagrant as `2.3.4`
 */
export function refusedBy(virtualbox: string, vagrant: string): { why: string; hint: string } | undefined {
  const series = virtualbox.split('.').slice(0, 2).join('.');
  const known = acceptedSeries.find((each) => each.series === series);
  const newest = acceptedSeries.findLast((each) => isAtLeast(vagrant, each.firstVagrant));
  const instead = newest === undefined ? '' : `, or install VirtualBox ${newest.series}`;
  if (known !== undefined)
    return isAtLeast(vagrant, known.firstVagrant)
      ? undefined
      : {
          why: `Vagrant ${vagrant} refuses VirtualBox ${series}`,
          hint: `install Vagrant ${known.firstVagrant} or newer${instead}`,
        };
  const oldest = acceptedSeries[0]?.series ?? '';
  if (!isAtLeast(series, oldest))
    return {
      why: `VirtualBox ${series} is older than what lab was made for`,
      hint: `install VirtualBox ${newest?.series ?? oldest}`,
    };
  // A series newer than this table: a Vagrant that is newer than it too may know it.
  const newestKnown = acceptedSeries.at(-1);
  return newestKnown !== undefined && isAtLeast(vagrant, newestKnown.firstVagrant)
    ? undefined
    : {
        why: `Vagrant ${vagrant} is older than VirtualBox ${series} and refuses it`,
        hint: `install the newest Vagrant${instead}`,
      };
}
