import { expect } from 'chai';
import { InterruptedError } from '../../lab/errors.ts';
import { together, unlessBroken } from '../../lab/together.ts';
import { pause } from '../../lab/wait.ts';
import { failureOf } from '../fakes/failure.ts';

describe('together', () => {
  it('gives all values in order', async () => {
    expect(await together([() => Promise.resolve(1), () => pause(5).then(() => 2)])).to.deep.equal([1, 2]);
  });

  it('throws the first failure once the others have been told and have settled', async () => {
    const ended: unknown[] = [];
    const error = await failureOf(
      together([
        (signal) =>
          pause(60_000, signal).catch((reason: unknown) => {
            ended.push(reason);
            throw reason;
          }),
        () => pause(5).then(() => Promise.reject(new Error('first'))),
      ]),
    );
    expect(error.message).to.equal('first');
    expect(ended[0]).to.be.instanceOf(InterruptedError);
  });

  it('hands on an interruption from outside', async () => {
    const controller = new AbortController();
    const running = failureOf(together([(signal) => pause(60_000, signal)], controller.signal));
    controller.abort();
    expect(await running).to.be.instanceOf(InterruptedError);
  });
});

describe('unlessBroken', () => {
  it('throws what broke, after it told the work', async () => {
    let told = false;
    const broken = pause(5).then(() => Promise.reject(new Error('nfs01 died')));
    const error = await failureOf(
      unlessBroken(broken, new AbortController().signal, (signal) =>
        pause(60_000, signal).catch(() => {
          told = true;
        }),
      ),
    );
    expect(error.message).to.equal('nfs01 died');
    expect(told).to.equal(true);
  });

  it('gives what the work gave while nothing broke', async () => {
    const never = new Promise<never>(() => undefined);
    expect(await unlessBroken(never, new AbortController().signal, () => Promise.resolve(3))).to.equal(3);
  });
});
