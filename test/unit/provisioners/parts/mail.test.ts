import { expect } from 'chai';
import { mailHostConf, mailRelayConf, parseMailLine } from '../../../../provisioners/parts/mail.ts';

const stamp = '2026-11-21T15:04:05.123456+00:00';

describe('mail', () => {
  it('is kept for local users on one host and handed to it by the others', () => {
    expect(mailHostConf('192.168.33.11').split('\n')).to.deep.equal([
      'listen on lo',
      'listen on 192.168.33.11',
      'action keep mbox',
      'match from any for local action keep',
      '',
    ]);
    expect(mailRelayConf('192.168.33.11')).to.include('action forward relay host smtp://192.168.33.11\n');
  });

  const delivered =
    'smtpd[479]: 99deabd433baee17 mda delivery evpid=248a7e5a293ccdc9 from=<root@nfs02.lab.example> to=<admin@sv01.lab.example> rcpt=<admin@sv01.lab.example> user=admin delay=0s result=Ok stat=Delivered';

  it('that was delivered tells where it came from', () => {
    expect(parseMailLine(`${stamp} sv01 ${delivered}`)).to.deep.include({
      kind: 'alert-delivered',
      subject: 'nfs02',
      text: 'mail of nfs02 to admin was delivered',
      guestMs: Date.UTC(2026, 10, 21, 15, 4, 5) + 123.456,
    });
  });

  const nothing = [
    delivered.replace('result=Ok', 'result=TempFail'),
    delivered.replace('mda delivery', 'mta delivery'),
    delivered.replace('smtpd[479]', 'cron[479]'),
    'smtpd[479]: info: OpenSMTPD 6.8.0p2 starting',
  ];
  for (const line of nothing)
    it(`means nothing to the run: ${line.slice(0, 60)}`, () => {
      expect(parseMailLine(`${stamp} sv01 ${line}`)).to.equal(undefined);
    });
});
