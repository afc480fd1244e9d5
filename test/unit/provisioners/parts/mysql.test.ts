import { expect } from 'chai';
import { mysqlConf, mysqlFaults, parseMysql } from '../../../../provisioners/parts/mysql.ts';

const wanted = { isolation: 'READ-COMMITTED', bindAddress: '127.0.0.1' };

function answer({ isolation = 'READ-COMMITTED', bind = '127.0.0.1', listens = ['127.0.0.1'] } = {}): string {
  return [
    `${isolation}\t${bind}`,
    ...listens.map((address) => `LISTEN 0      80         ${address}:3306      0.0.0.0:*          `),
    '',
  ].join('\n');
}

describe('MySQL', () => {
  it('is told its level and address in an option file', () => {
    expect(mysqlConf(wanted).split('\n')).to.include.members([
      '[mysqld]',
      'transaction-isolation = READ-COMMITTED',
      'bind-address = 127.0.0.1',
    ]);
  });

  it('is well when the server says both and listens nowhere else', () => {
    expect(mysqlFaults(parseMysql(answer()), wanted)).to.deep.equal([]);
  });

  const ill: [string, string, string][] = [
    ['another level', answer({ isolation: 'REPEATABLE-READ' }), 'isolation level REPEATABLE-READ'],
    [
      'another address',
      answer({ bind: '0.0.0.0', listens: ['0.0.0.0'] }),
      'bound to 0.0.0.0, listens on 0.0.0.0',
    ],
    ['a second socket', answer({ listens: ['127.0.0.1', '[::]'] }), 'listens on 127.0.0.1, [::]'],
    ['no socket', answer({ listens: [] }), 'listens on nothing'],
    [
      'no server',
      "ERROR 2002 (HY000): Can't connect to local server through socket '/run/mysqld/mysqld.sock' (2)\n",
      'no answer',
    ],
  ];
  for (const [what, text, says] of ill)
    it(`is not well with ${what}`, () => {
      expect(mysqlFaults(parseMysql(text), wanted).join(', ')).to.equal(says);
    });
});
