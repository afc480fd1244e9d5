import type { Check, Judgement } from '../check.ts';
import { worstFirst } from '../check.ts';
import type { ClientResult, RunRecord } from '../record.ts';

/** Every acknowledged record was found whole wherever it was looked for, by others than the one who wrote it. */
export const noAcknowledgedWriteLost: Check = {
  name: 'no-acknowledged-write-lost',
  judge(record: RunRecord): Judgement {
    if (record.clients.length === 0) return { verdict: 'unknown', message: 'no client wrote' };
    return worstFirst(record.clients.map(judgeClient));
  },
};

function judgeClient(client: ClientResult): Judgement {
  const { name, acknowledged } = client;
  const readBacks = client.readBacks.filter(({ cutOff }) => cutOff !== true);
  const worst = readBacks.filter((readBack) => readBack.lost + readBack.damaged > 0);
  if (worst.length > 0) {
    const places = worst.map(
      ({ reader, lost, damaged, examples }) =>
        `${reader} misses ${String(lost)} and finds ${String(damaged)} damaged (${examples.join(', ')} ...)`,
    );
    return {
      verdict: 'fail',
      message: `of the ${String(acknowledged)} acknowledged writes of ${name}, ${places.join('; ')}${lackingIn(client)}`,
    };
  }
  if ((client.lost ?? 0) + (client.damaged ?? 0) > 0)
    return {
      verdict: 'fail',
      message: `${name} lost ${String(client.lost)} acknowledged writes, and ${String(client.damaged)} are damaged`,
    };
  if (acknowledged === 0) return { verdict: 'unknown', message: `${name} acknowledged nothing` };
  const others = readBacks.filter((readBack) => readBack.reader !== `client ${name}`);
  if (others.length === 0 || client.lost === null || client.damaged === null)
    return {
      verdict: 'unknown',
      message: `nobody but ${name} read its ${String(acknowledged)} acknowledged writes back`,
    };
  const short = others.find((readBack) => readBack.records < acknowledged);
  if (short !== undefined)
    return {
      verdict: 'unknown',
      message:
        `${short.reader} counts ${String(short.records)} records of ${name} and none missing, ` +
        `but ${String(acknowledged)} were acknowledged`,
    };
  const readers = others.map((readBack) => readBack.reader).join(', ');
  return {
    verdict: 'pass',
    message: `all ${String(acknowledged)} acknowledged writes of ${name} were read back whole by ${readers}${lackingIn(client)}`,
  };
}

/** What a replica lacks that is cut off is no loss while the service has it; what the service lacks is one, wherever else it is. */
function lackingIn({ readBacks }: ClientResult): string {
  return readBacks
    .filter(({ cutOff }) => cutOff === true)
    .map(({ reader, lost, damaged }) => `; ${reader} is cut off and lacks ${String(lost + damaged)}`)
    .join('');
}
