import { expect } from 'chai';
import { RigError } from '../../../../lab/errors.ts';
import { parseSshConfig } from '../../../../lab/providers/vagrant/ssh-config.ts';

function host(name: string, changes: Record<string, string | undefined> = {}): string {
  const options: Record<string, string | undefined> = {
    HostName: '192.168.121.36',
    User: 'vagrant',
    Port: '22',
    UserKnownHostsFile: '/dev/null',
    StrictHostKeyChecking: 'no',
    PasswordAuthentication: 'no',
    IdentityFile: '/labs/one/.vagrant/machines/sv01/libvirt/private_key',
    IdentitiesOnly: 'yes',
    LogLevel: 'FATAL',
    ...changes,
  };
  const lines = Object.entries(options).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${key} ${value}`],
  );
  return [`Host ${name}`, ...lines, ''].join('\n');
}

describe('what vagrant ssh-config prints', () => {
  it('tells of each machine how to reach it', () => {
    const text = `a line of a plugin\n${host('sv01')}\n${host('nfs01', { HostName: '127.0.0.1', Port: '2200' })}`;
    expect([...parseSshConfig(text)]).to.deep.equal([
      [
        'sv01',
        {
          host: '192.168.121.36',
          port: 22,
          user: 'vagrant',
          identityFile: '/labs/one/.vagrant/machines/sv01/libvirt/private_key',
        },
      ],
      [
        'nfs01',
        {
          host: '127.0.0.1',
          port: 2200,
          user: 'vagrant',
          identityFile: '/labs/one/.vagrant/machines/sv01/libvirt/private_key',
        },
      ],
    ]);
  });

  const variants: [string, string, object][] = [
    [
      'a path with spaces, which is quoted',
      host('sv01', { IdentityFile: '"/my labs/it\'s = \\"one\\"/private_key"' }),
      { identityFile: '/my labs/it\'s = \\"one\\"/private_key' },
    ],
    ['the line ends of Windows', host('sv01').replaceAll('\n', '\r\n'), { user: 'vagrant', port: 22 }],
    ['no port', host('sv01', { Port: undefined }), { port: 22 }],
    [
      'several keys, of which the first counts',
      host('sv01').replace('  IdentitiesOnly', '  IdentityFile /other\n  IdentitiesOnly'),
      { identityFile: '/labs/one/.vagrant/machines/sv01/libvirt/private_key' },
    ],
  ];
  for (const [what, text, found] of variants)
    it(`may have ${what}`, () => {
      expect(parseSshConfig(text).get('sv01')).to.include(found);
    });

  it('may be empty', () => {
    expect(parseSshConfig('').size).to.equal(0);
    expect(parseSshConfig('\nHost\n  HostName 1.2.3.4\n').size).to.equal(0);
  });

  const unfit: [string, Record<string, string | undefined>][] = [
    ['no address', { HostName: undefined }],
    ['an address that is empty', { HostName: '' }],
    ['no user', { User: undefined }],
    ['no key', { IdentityFile: undefined }],
    ['a port of letters', { Port: 'ssh' }],
    ['port 0', { Port: '0' }],
    ['a port that is too high', { Port: '70000' }],
    ['a port with a fraction', { Port: '22.5' }],
  ];
  for (const [what, changes] of unfit)
    it(`is refused with ${what}, naming the machine`, () => {
      expect(() => parseSshConfig(host('sv01') + host('nfs02', changes))).to.throw(
        RigError,
        /how to reach nfs02/,
      );
    });
});
