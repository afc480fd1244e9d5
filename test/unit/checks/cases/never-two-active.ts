import type { RunRecord } from '../../../../lab/record.ts';
import { brokenRecord, recordWithTwoActives } from '../../../fixtures/bad-records.ts';
import { exampleRecord } from '../../../fixtures/record.ts';
import type { CheckCases } from '../check-cases.ts';

const held = (
  of: RunRecord['tenures'][number]['of'],
  node: string,
  fromMs: number,
  toMs: number,
  subject?: string,
) => ({
  of,
  node,
  fromMs,
  toMs,
  ...(subject === undefined ? {} : { subject }),
});

const monitorEnded = (node: string): RunRecord['events'][number] => ({
  atMs: 7,
  uncertaintyMs: 0,
  source: 'lab',
  node,
  kind: 'monitor-ended',
  text: 'a monitor ended, nothing more is seen through it: events2',
});

function withTenures(...tenures: RunRecord['tenures']): RunRecord {
  return exampleRecord({ tenures });
}

export const cases: CheckCases = {
  passes: [
    {
      what: 'one holder after the other',
      record: exampleRecord(),
      says: 'the service address was held by nfs01, then nfs02, then nfs01, never by two',
    },
    {
      what: 'a late last frame',
      record: withTenures(held('address', 'nfs01', 0, 9004), held('address', 'nfs02', 9000, 20_000)),
      says: 'who held the primary replica was not watched',
    },
    {
      what: 'two addresses on two nodes',
      record: withTenures(
        held('address', 'nfs01', 0, 9000, '10.0.0.1'),
        held('address', 'nfs02', 0, 9000, '10.0.0.2'),
      ),
      says: 'the service address 10.0.0.1 was held by nfs01, never by two; the service address 10.0.0.2 was held by nfs02',
    },
    {
      what: 'one MAC address after the other',
      record: withTenures(
        { ...held('announcement', 'nfs01', 0, 9000), mac: '52:54:00:00:00:01' },
        { ...held('announcement', 'nfs02', 9000, 20_000), mac: '52:54:00:00:00:02' },
        held('service', 'nfs01', 0, 9000),
        held('service', 'nfs02', 9000, 20_000),
      ),
      says: 'the service address was announced by nfs01, then nfs02, never by two; the service was given by nfs01, then nfs02, never by two',
    },
    {
      what: 'a monitor that ended on a client',
      record: exampleRecord({ events: [monitorEnded('sv01')] }),
      says: 'never by two',
    },
    {
      what: 'the address here while the replica is still there',
      record: withTenures(held('address', 'nfs01', 0, 9000), held('replica', 'nfs02', 0, 9000)),
      says: 'never by two',
    },
  ],
  condemns: [
    {
      what: 'two holders of the address',
      record: recordWithTwoActives(),
      says: 'nfs01 and nfs02 both held the service address for 7.990 s, from 16.010 s on',
    },
    {
      what: 'two primary replicas',
      record: withTenures(
        held('address', 'nfs01', 0, 9000),
        held('replica', 'nfs01', 0, 9000, 'r0'),
        held('replica', 'nfs02', 8000, 20_000, 'r0'),
      ),
      says: 'nfs01 and nfs02 both held the primary replica r0 for 1.000 s',
    },
    {
      what: 'two MAC addresses for the service address',
      record: withTenures(
        held('address', 'nfs01', 0, 90_000),
        { ...held('announcement', 'nfs01', 0, 90_000), mac: '52:54:00:00:00:01' },
        { ...held('announcement', 'nfs02', 9000, 14_000), mac: '52:54:00:00:00:02' },
      ),
      says: 'nfs01 (52:54:00:00:00:01) and nfs02 (52:54:00:00:00:02) both announced the service address for 5.000 s, from 9.000 s on',
    },
    {
      what: 'two MAC addresses of one node for the service address',
      record: withTenures(
        { ...held('announcement', 'nfs01', 0, 90_000), mac: '52:54:00:00:00:01' },
        { ...held('announcement', 'nfs01', 9000, 14_000), mac: '52:54:00:00:00:02' },
      ),
      says: 'both announced the service address',
    },
    {
      what: 'two servers that answer clients',
      record: withTenures(held('service', 'nfs01', 0, 9500), held('service', 'nfs02', 9000, 20_000)),
      says: 'nfs01 and nfs02 both answered for the service for 0.500 s',
    },
    {
      what: 'a holder inside the tenure of another',
      record: withTenures(held('address', 'nfs01', 0, 90_000), held('address', 'nfs02', 9000, 14_000)),
      says: 'for 5.000 s',
    },
    {
      what: 'two holders of more than one thing, again and again',
      record: withTenures(
        held('address', 'nfs01', 0, 30_000),
        held('address', 'nfs02', 9000, 11_000),
        held('address', 'nfs02', 12_000, 15_000),
        held('replica', 'nfs01', 0, 30_000, 'r0'),
        held('replica', 'nfs02', 8000, 20_000, 'r0'),
        held('service', 'nfs01', 0, 9100),
        held('service', 'nfs02', 9000, 20_000),
      ),
      says: 'nfs01 and nfs02 both held the primary replica r0 for 12.000 s, from 8.000 s on; nfs01 and nfs02 both held the service address for 3.000 s, from 12.000 s on',
    },
    {
      what: 'two holders from one instant on',
      record: withTenures(held('address', 'nfs01', 0, 900), held('address', 'nfs02', 0, 900)),
      says: 'for 0.900 s',
    },
  ],
  leavesUnknown: [
    { what: 'a run in which nobody was watched', record: brokenRecord(), says: 'nobody was seen' },
    {
      what: 'a server whose role was not watched to the end',
      record: exampleRecord({ events: [monitorEnded('nfs02')] }),
      says: 'nfs02 was not watched from 0.007 s on: a monitor ended',
    },
    {
      what: 'sightings that were missed',
      record: exampleRecord({
        events: [
          {
            atMs: 5,
            uncertaintyMs: 0,
            source: 'fabric',
            kind: 'sightings-missed',
            text: '12 sightings were discarded',
          },
        ],
      }),
      says: '12 sightings were discarded',
    },
  ],
};
