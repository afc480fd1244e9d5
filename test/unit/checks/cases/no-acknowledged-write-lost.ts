import { brokenRecord, recordWithLoss, recordWithSilentClient } from '../../../fixtures/bad-records.ts';
import { exampleRecord } from '../../../fixtures/record.ts';
import { withClients } from '../check-cases.ts';
import type { CheckCases } from '../check-cases.ts';

export const cases: CheckCases = {
  passes: [
    {
      what: 'every record found everywhere',
      record: exampleRecord(),
      says: 'acknowledged writes of sv01 were read back whole by client sv02, replica nfs01, replica nfs02',
    },
    {
      what: 'records missing in a replica that is cut off, and in no other place',
      record: withClients(({ readBacks }) => ({
        readBacks: readBacks.map((each) =>
          each.reader === 'replica nfs01' ? { ...each, lost: 40, examples: [9], cutOff: true } : each,
        ),
      })),
      says: 'read back whole by client sv02, replica nfs02; replica nfs01 is cut off and lacks 40',
    },
  ],
  condemns: [
    {
      what: 'records missing in the service that a replica may have which is cut off',
      record: withClients(({ readBacks }) => ({
        readBacks: readBacks.map((each) =>
          each.reader === 'replica nfs01' ? { ...each, cutOff: true } : { ...each, lost: 2, examples: [9] },
        ),
      })),
      says: 'client sv02 misses 2',
    },
    {
      what: 'records missing in a replica that DRBD calls up to date',
      record: withClients(({ readBacks }) => ({
        readBacks: readBacks.map((each) =>
          each.reader === 'replica nfs01' ? { ...each, lost: 40, examples: [9] } : each,
        ),
      })),
      says: 'replica nfs01 misses 40',
    },
    {
      what: 'records missing and damaged',
      record: recordWithLoss(),
      says: 'replica nfs01 misses 3 and finds 1 damaged (61, 62, 63, 64 ...)',
    },
    {
      what: 'one record damaged on one replica',
      record: withClients(({ readBacks }) => ({
        damaged: 1,
        readBacks: readBacks.map((each) =>
          each.reader === 'replica nfs02' ? { ...each, damaged: 1, examples: [7] } : each,
        ),
      })),
      says: 'replica nfs02 misses 0 and finds 1 damaged (7 ...)',
    },
    {
      what: 'a loss that only the sum tells of',
      record: withClients(() => ({ lost: 2 })),
      says: 'sv01 lost 2 acknowledged writes',
    },
    {
      what: 'a loss that the sum denies',
      record: withClients(({ readBacks }) => ({
        readBacks: readBacks.map((each) => ({ ...each, lost: 1, examples: [9] })),
      })),
      says: 'misses 1',
    },
    {
      what: 'a loss beside a client that wrote nothing',
      record: {
        ...recordWithSilentClient(),
        clients: recordWithSilentClient().clients.map((client) =>
          client.name === 'sv01' ? { ...client, lost: 1 } : client,
        ),
      },
      says: 'sv01 lost 1',
    },
  ],
  leavesUnknown: [
    { what: 'a run without clients', record: brokenRecord(), says: 'no client wrote' },
    {
      what: 'a client that acknowledged nothing',
      record: recordWithSilentClient(),
      says: 'sv02 acknowledged nothing',
    },
    {
      what: 'records that nobody read back',
      record: withClients(() => ({ lost: null, damaged: null, readBacks: [] })),
      says: 'nobody but sv01 read its',
    },
    {
      what: 'records that only their writer read back',
      record: withClients(({ name, readBacks }) => ({
        readBacks: readBacks.slice(0, 1).map((each) => ({ ...each, reader: `client ${name}` })),
      })),
      says: 'nobody but sv01 read its',
    },
    {
      what: 'records that only a replica holds which is cut off',
      record: withClients(({ readBacks }) => ({
        readBacks: readBacks.slice(0, 1).map((each) => ({ ...each, reader: 'replica nfs01', cutOff: true })),
      })),
      says: 'nobody but sv01 read its',
    },
    {
      what: 'a reader that found fewer records than were acknowledged and misses none',
      record: withClients(({ readBacks }) => ({
        readBacks: readBacks.map((each) => ({ ...each, records: 0 })),
      })),
      says: 'client sv02 counts 0 records of sv01 and none missing',
    },
  ],
};
