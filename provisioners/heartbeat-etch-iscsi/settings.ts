import { flagSetting, numberSetting, textSetting } from '../../lab/settings.ts';
import type { Setting, Settings } from '../../lab/stack.ts';
import { bondModes } from '../parts/bonding.ts';
import type { BondOptions } from '../parts/bonding.ts';
import {
  autoFailbackSetting,
  brokenTimes,
  contradiction,
  deadtimeSetting,
  initdeadSetting,
  keepaliveSetting,
  probeIntervalSetting,
  protocolSetting,
  resyncRateSetting,
  sizeSetting,
  warntimeSetting,
} from '../parts/cluster-settings.ts';
import type { FileTarget } from '../parts/iscsi-target.ts';
import type { InitiatorTimes } from '../parts/iscsi-initiator.ts';
import {
  flag,
  mebibytesBetween,
  millisecondsBetween,
  oneOf,
  wholeSecondsBetween,
} from '../parts/setting-values.ts';
import { layout, lunFiles } from './layout.ts';

const leftOut =
  ' The article has no such line: the period edition writes one only when the value differs from the default.';
const openIscsi = ' The article leaves it to open-iscsi; the value is that of its iscsid.conf.';
/** Journal, inodes and the rest of the replicated file system, beside the LUNs. */
const fileSystemMib = 32;

export const settings: readonly Setting[] = [
  keepaliveSetting(2),
  deadtimeSetting(10),
  warntimeSetting(0, leftOut),
  initdeadSetting(30, leftOut),
  autoFailbackSetting(
    true,
    ' The period edition writes no line for on: it is what that release does without one.',
  ),
  protocolSetting,
  {
    ...sizeSetting(266_240, 'The period edition replicates the article’s 260 GB, whatever is set here.'),
    defaults: { period: 266_240, current: 96 },
    schema: mebibytesBetween(64, 1_048_576),
  },
  resyncRateSetting(10),
  {
    name: 'bond.mode',
    description:
      'How a bond chooses the card for a frame, as ip-link(8) calls it: balance-rr (mode 0) takes them in turns, active-backup (1) one at a time.',
    defaults: { period: 'balance-rr', current: 'balance-rr' },
    schema: oneOf(...bondModes),
  },
  milliseconds('bond.miimon', 'Time between two looks at the carrier of a card.', 100, 10),
  milliseconds('bond.updelay', 'How long a card that has carrier again is not used yet.', 200, 0),
  milliseconds('bond.downdelay', 'How long a card that lost carrier is still used.', 200, 0),
  {
    name: 'iscsi.ha',
    description:
      'Whether the target moves with the service: LUNs on the replicated device, the target in haresources. off is the article: ' +
      'files on the disk of one server, a target that nobody takes over. Then a halt of that server leaves the clients without their disk ' +
      'until it is back, or with errors after iscsi.replacementTimeout; no budget holds.',
    defaults: { period: false, current: true },
    schema: flag,
  },
  {
    name: 'iscsi.lunSize',
    description:
      'Size of each LUN, kept in MiB. The period edition makes its files as the article’s dd does, whatever is set here.',
    unit: 'MiB',
    defaults: { period: 40, current: 16 },
    schema: mebibytesBetween(8, 16_384),
  },
  {
    name: 'iscsi.writeCache',
    description:
      'Whether the target says that a write is done while it is only in the memory of its server. off as in the article, whose target writes through ' +
      'unless it is told IOMode=wb (ietd.conf(5)); the default of tgt is on.',
    defaults: { period: false, current: false },
    schema: flag,
  },
  seconds(
    'iscsi.replacementTimeout',
    `How long commands wait for a lost session before they fail.${openIscsi}`,
    120,
    { min: 1, max: 86_400 },
  ),
  seconds('iscsi.noopInterval', `Silence after which a client pings the target; 0 is never.${openIscsi}`, 5, {
    min: 0,
    max: 600,
  }),
  seconds('iscsi.noopTimeout', `How long the answer to a ping may take.${openIscsi}`, 5, {
    min: 0,
    max: 600,
  }),
  seconds('iscsi.loginTimeout', `How long an attempt to connect and log in may take.${openIscsi}`, 15, {
    min: 1,
    max: 600,
  }),
  {
    name: 'mysql.isolation',
    description: 'Isolation level of transactions that MySQL starts with.',
    defaults: { period: 'READ-COMMITTED', current: 'READ-COMMITTED' },
    schema: oneOf('READ-COMMITTED', 'READ-UNCOMMITTED', 'REPEATABLE-READ', 'SERIALIZABLE'),
  },
  probeIntervalSetting,
];

function milliseconds(name: string, description: string, value: number, min: number): Setting {
  return {
    name,
    description,
    unit: 'ms',
    defaults: { period: value, current: value },
    schema: millisecondsBetween(min, 60_000),
  };
}

function seconds(
  name: string,
  description: string,
  value: number,
  { min, max }: { min: number; max: number },
): Setting {
  return {
    name,
    description,
    unit: 's',
    defaults: { period: value, current: value },
    schema: wholeSecondsBetween(min, max),
  };
}

/** Rules between settings. */
export function validate(values: Settings): string[] {
  const value = (name: string): number => numberSetting(values, name);
  const broken = brokenTimes(values);
  const miimon = value('bond.miimon');
  for (const delay of ['bond.updelay', 'bond.downdelay'])
    if (value(delay) % miimon !== 0)
      broken.push(
        contradiction(values, delay, 'bond.miimon') +
          'the driver counts looks: a delay is a multiple of miimon',
      );
  const luns = layout.lunNames.length;
  if (flagSetting(values, 'iscsi.ha') && luns * value('iscsi.lunSize') + fileSystemMib > value('drbd.size'))
    broken.push(
      contradiction(values, 'iscsi.lunSize', 'drbd.size') +
        `${String(luns)} LUNs and ${String(fileSystemMib)} MiB for the file system around them must fit on the replicated device`,
    );
  if (flagSetting(values, 'iscsi.ha') && value('iscsi.replacementTimeout') <= value('deadtime'))
    broken.push(
      contradiction(values, 'iscsi.replacementTimeout', 'deadtime') +
        'the clients would give their disk up before anybody takes over',
    );
  if ((value('iscsi.noopInterval') === 0) !== (value('iscsi.noopTimeout') === 0))
    broken.push(
      contradiction(values, 'iscsi.noopInterval', 'iscsi.noopTimeout') +
        'open-iscsi takes its default for the one that is 0: both or none',
    );
  return broken;
}

export function bondOptions(values: Settings): BondOptions {
  return {
    mode: textSetting(values, 'bond.mode'),
    miimonMs: numberSetting(values, 'bond.miimon'),
    updelayMs: numberSetting(values, 'bond.updelay'),
    downdelayMs: numberSetting(values, 'bond.downdelay'),
  };
}

export function targetOf(values: Settings): FileTarget {
  return {
    iqn: layout.iqn,
    files: lunFiles(flagSetting(values, 'iscsi.ha')),
    writeCache: flagSetting(values, 'iscsi.writeCache'),
  };
}

export function initiatorTimes(values: Settings): InitiatorTimes {
  return {
    replacementTimeout: numberSetting(values, 'iscsi.replacementTimeout'),
    noopInterval: numberSetting(values, 'iscsi.noopInterval'),
    noopTimeout: numberSetting(values, 'iscsi.noopTimeout'),
    loginTimeout: numberSetting(values, 'iscsi.loginTimeout'),
  };
}

export function mysqlOptions(values: Settings): { isolation: string; bindAddress: string } {
  return { isolation: textSetting(values, 'mysql.isolation'), bindAddress: '127.0.0.1' };
}
