import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { shellQuote } from '../../lab/quote.ts';

const hostile = [
  '',
  ' ',
  'two words',
  "it's",
  "'''",
  '"; echo harm; "',
  '$(echo harm)',
  '`echo harm`',
  '$HOME ${PATH}',
  '~root',
  '* ? [a-z]',
  'a;b|c&d>e<f',
  'line\nbreak',
  'tab\tand\rreturn',
  '\\',
  'back\\slash\\n',
  '!history',
  '#comment',
  '{a,b}',
  '-rf',
  'FOO=bar',
  'Grüße 世界',
  '\u001b[31m',
  "'$(echo harm)'",
  "\\'",
];

describe('shellQuote', () => {
  it('gives sh exactly the value, whatever it holds', () => {
    const command = `printf '%s\\0' ${hostile.map(shellQuote).join(' ')}`;
    const seen = execFileSync('sh', ['-c', command], { encoding: 'utf8', timeout: 5000 });
    expect(seen.split('\0').slice(0, -1)).to.deep.equal(hostile);
  });

  it('still gives it exactly when a command is quoted inside another', () => {
    const inner = `printf '%s\\0' ${hostile.map(shellQuote).join(' ')}`;
    const seen = execFileSync('sh', ['-c', `sh -c ${shellQuote(inner)}`], {
      encoding: 'utf8',
      timeout: 5000,
    });
    expect(seen.split('\0').slice(0, -1)).to.deep.equal(hostile);
  });

  it('leaves plain words as they are', () => {
    expect(shellQuote('/etc/ha.d/ha.cf')).to.equal('/etc/ha.d/ha.cf');
    expect(shellQuote('192.168.33.20/24')).to.equal('192.168.33.20/24');
  });

  it('refuses a NUL byte', () => {
    expect(() => shellQuote('a\0b')).to.throw(TypeError, 'NUL');
  });
});
