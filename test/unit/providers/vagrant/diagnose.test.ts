import { expect } from 'chai';
import { diagnoseLibvirt, diagnoseVagrant } from '../../../../lab/providers/vagrant/diagnose.ts';
import { withPrograms, type FakePrograms } from './fake-programs.ts';

const path = (): string => process.env['PATH'] ?? '';

const virshVersion = `cat <<'END'
Compiled against library: libvirt 9.0.0
Using library: libvirt 9.0.0
Using API: QEMU 9.0.0
Running hypervisor: QEMU 7.2.22
END`;
const noDaemon = `echo 'error: failed to connect to the hypervisor' >&2
echo "error: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory" >&2
exit 1`;
const plugins = "echo 'vagrant-libvirt (0.11.2, system)'; echo '  - Version Constraint: > 0'";

function vagrantWith({ version = 'Vagrant 2.3.4', list = plugins } = {}): string {
  return `if [ "$1" = --version ]; then echo '${version}'; else ${list}; fi`;
}

describe('the diagnosis of Vagrant', () => {
  it('finds it and its version, behind warnings', () =>
    withPrograms(
      async ({ script }) => {
        await script('vagrant', "echo 'warning: method redefined'; echo 'Vagrant 2.4.1'");
        expect(await diagnoseVagrant(path())).to.deep.equal({
          usable: true,
          found: ['Vagrant 2.4.1'],
          why: 'Vagrant 2.4.1 answers',
          hint: '',
          version: '2.4.1',
        });
      },
      { alone: true },
    ));

  const unusable: [string, string | undefined, RegExp, RegExp][] = [
    ['that is not there', undefined, /vagrant is not in PATH/, /apt-get install vagrant/],
    ['that is too old', "echo 'Vagrant 2.2.19'", /2\.2\.19 is older than 2\.3/, /update Vagrant/],
    ['that tells nothing', 'echo hello', /tells no version/, /vagrant --version/],
    ['that fails', "echo 'Vagrant 2.3.4'; exit 1", /tells no version/, /vagrant --version/],
  ];
  for (const [what, body, why, hint] of unusable)
    it(`says why one ${what} is of no use`, () =>
      withPrograms(
        async ({ script }) => {
          if (body !== undefined) await script('vagrant', body);
          const diagnosis = await diagnoseVagrant(path());
          expect(diagnosis).to.deep.include({ usable: false, found: [] });
          expect(diagnosis.why).to.match(why);
          expect(diagnosis.hint).to.match(hint);
        },
        { alone: true },
      ));
});

describe('the diagnosis of libvirt', () => {
  async function diagnosed(
    programs: FakePrograms,
    scripts: Readonly<Record<string, string>>,
  ): ReturnType<typeof diagnoseLibvirt> {
    for (const [name, body] of Object.entries(scripts)) await programs.script(name, body);
    return await diagnoseLibvirt(path(), await diagnoseVagrant(path()));
  }

  it('finds daemon and plugin with their versions', () =>
    withPrograms(
      async (programs) => {
        const found = await diagnosed(programs, { vagrant: vagrantWith(), virsh: virshVersion });
        expect(found).to.deep.include({
          usable: true,
          found: ['Vagrant 2.3.4', 'libvirt 9.0.0', 'vagrant-libvirt 0.11.2'],
          hint: '',
        });
        expect(await programs.calls()).to.include('virsh -c qemu:///system version');
      },
      { alone: true },
    ));

  it('asks the daemon that LIBVIRT_DEFAULT_URI names', () =>
    withPrograms(
      async (programs) => {
        process.env['LIBVIRT_DEFAULT_URI'] = 'qemu:///session';
        const found = await diagnosed(programs, { vagrant: vagrantWith(), virsh: noDaemon });
        expect(found.why).to.equal('no libvirt daemon answers at qemu:///session');
      },
      { alone: true },
    ));

  it('looks in the PATH that it is given alone', () =>
    withPrograms(
      async (programs) => {
        const given = path();
        await programs.script('vagrant', vagrantWith());
        await programs.script('virsh', "echo 'Using library: libvirt 9.0.0'");
        process.env['PATH'] = '/nowhere';
        expect(await diagnoseLibvirt(given, await diagnoseVagrant(given))).to.include({ usable: true });
      },
      { alone: true },
    ));

  const unusable: [string, Readonly<Record<string, string>>, RegExp, RegExp][] = [
    ['there is no virsh', { vagrant: vagrantWith() }, /virsh is not in PATH/, /libvirt-clients/],
    [
      'no daemon answers',
      { vagrant: vagrantWith(), virsh: noDaemon },
      /no libvirt daemon answers at qemu:\/\/\/system/,
      /systemctl start libvirtd/,
    ],
    [
      'Vagrant lacks the plugin',
      { vagrant: vagrantWith({ list: "echo 'No plugins installed.'" }), virsh: virshVersion },
      /no plugin vagrant-libvirt/,
      /apt-get install vagrant-libvirt/,
    ],
    [
      'Vagrant has only a plugin of a similar name',
      { vagrant: vagrantWith({ list: "echo 'my-vagrant-libvirt (1.0, global)'" }), virsh: virshVersion },
      /no plugin vagrant-libvirt/,
      /apt-get install vagrant-libvirt/,
    ],
  ];
  for (const [what, scripts, why, hint] of unusable)
    it(`says what to do when ${what}`, () =>
      withPrograms(
        async (programs) => {
          const found = await diagnosed(programs, scripts);
          expect(found.usable).to.equal(false);
          expect(found.found).to.include('Vagrant 2.3.4');
          expect(found.why).to.match(why);
          expect(found.hint).to.match(hint);
        },
        { alone: true },
      ));
});
