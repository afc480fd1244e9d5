import { recordWithLoss } from '../../../fixtures/bad-records.ts';
import { exampleRecord } from '../../../fixtures/record.ts';
import { withClients } from '../check-cases.ts';
import type { CheckCases } from '../check-cases.ts';

export const cases: CheckCases = {
  passes: [
    {
      what: 'a loss on which all readers agree, and says which writes died',
      record: recordWithLoss(),
      says: 'expected loss: of the 1515 acknowledged writes of sv01, 3 died with the replica that was thrown away and 1 are damaged, from number 61 on',
    },
    {
      what: 'a run that lost nothing',
      record: exampleRecord(),
      says: 'acknowledged writes: all were made on the server that survived',
    },
  ],
  condemns: [
    {
      what: 'readers that disagree after the recovery',
      record: {
        ...recordWithLoss(),
        clients: recordWithLoss().clients.map((client) => ({
          ...client,
          readBacks: client.readBacks.map((readBack, i) => (i === 0 ? readBack : { ...readBack, lost: 0 })),
        })),
      },
      says: 'the readers disagree about sv01',
    },
  ],
  leavesUnknown: [
    {
      what: 'writes that nobody read back',
      record: withClients(() => ({ readBacks: [], lost: null, damaged: null })),
      says: 'what died is not known',
    },
    {
      what: 'a client that acknowledged nothing',
      record: withClients(() => ({ acknowledged: 0 })),
      says: 'acknowledged nothing',
    },
    { what: 'a run without clients', record: exampleRecord({ clients: [] }), says: 'no client wrote' },
  ],
};
