import { expect } from 'chai';
import { ensureCapacity, neededMemoryMib } from '../../../lab/host/capacity.ts';
import { diagnose } from '../../../lab/host/diagnose.ts';
import type { Diagnosed } from '../../../lab/host/diagnose.ts';
import { gatherFindings } from '../../../lab/host/findings.ts';
import type { Findings } from '../../../lab/host/findings.ts';
import { requirements } from '../../../lab/host/requirements.ts';
import { HostError } from '../../../lab/errors.ts';
import { debian, inFakeHost } from './fake-host.ts';

const healthy: Findings = {
  host: { path: '/usr/bin', root: false, platform: 'linux', osRelease: debian },
  nodeVersion: '20.19.0',
  requirements: requirements.map((requirement) => ({
    requirement,
    where: `/usr/bin/${requirement.name}`,
    version: requirement.version?.least,
  })),
  capacity: { memoryMib: 8000, cores: 4, cacheMib: 9000, labsMib: 9000 },
  folders: { cache: '/c', labs: '/l' },
  neededMemoryMib: 1024,
  imageIsBuilt: false,
  kvm: 'usable',
  accelerator: { name: 'kvm', threads: 'multi', why: 'a kernel booted' },
  candidates: [
    { name: 'virtualbox', usable: false, found: [], why: 'vagrant is not in PATH', hint: 'install Vagrant' },
    { name: 'libvirt', usable: false, found: [], why: 'vagrant is not in PATH', hint: 'install Vagrant' },
  ],
};

function rowOf(findings: Findings, what: string): Diagnosed | undefined {
  return diagnose(findings).rows.find((row) => row.what.startsWith(what));
}

function without(name: string): Findings {
  return {
    ...healthy,
    requirements: healthy.requirements.map((each) =>
      each.requirement.name === name ? { ...each, where: undefined, version: undefined } : each,
    ),
  };
}

describe('the diagnosis of a host', () => {
  it('is ready when everything is there, even without Vagrant', () => {
    const diagnosis = diagnose(healthy);
    expect(diagnosis.ready).to.equal(true);
    expect(diagnosis.installable).to.deep.equal([]);
    expect(diagnosis.pace).to.contain('hardware virtualisation');
  });

  it('takes the embedded provider where no other works, and says why none does', () => {
    expect(diagnose(healthy).provider).to.deep.equal({
      name: 'qemu',
      why: 'nobody says, and no other works here: vagrant is not in PATH',
    });
    expect(rowOf(healthy, 'libvirt')).to.include({ verdict: 'note', follows: 'vagrant is not in PATH' });
  });

  it('is ready with libvirt alone, and takes it', () => {
    const libvirt = {
      name: 'libvirt' as const,
      usable: true,
      found: ['Vagrant 2.3.4'],
      why: 'it answers',
      hint: '',
    };
    const diagnosis = diagnose({ ...without('mmdebstrap'), candidates: [libvirt] });
    expect(diagnosis.ready).to.equal(true);
    expect(diagnosis.provider.name).to.equal('libvirt');
  });

  for (const { name } of requirements)
    it(`is not ready without ${name}, and says how to get it`, () => {
      const diagnosis = diagnose(without(name));
      expect(diagnosis.ready).to.equal(false);
      expect(diagnosis.installable.map((each) => each.name)).to.deep.equal([name]);
      const row = diagnosis.rows.find((each) => each.verdict === 'missing');
      expect(row?.mend).to.match(/^sudo apt-get install /);
    });

  it('is not ready with a QEMU that is too old', () => {
    const findings = {
      ...healthy,
      requirements: healthy.requirements.map((each) =>
        each.requirement.name === 'qemu-system-x86_64' ? { ...each, version: '7.1.9' } : each,
      ),
    };
    expect(diagnose(findings).ready).to.equal(false);
    expect(rowOf(findings, 'qemu-system')?.follows).to.contain('older than 7.2');
  });

  it('is not ready without room, and forgives it for an image that is built', () => {
    const full = { ...healthy, capacity: { ...healthy.capacity, cacheMib: 100 } };
    expect(rowOf(full, 'disk for images')?.verdict).to.equal('missing');
    expect(diagnose({ ...full, imageIsBuilt: true }).ready).to.equal(true);
    const small = { ...healthy, capacity: { ...healthy.capacity, memoryMib: 500 } };
    expect(rowOf(small, 'memory')?.verdict).to.equal('missing');
  });

  it('tells how to get at /dev/kvm, and that software emulation follows', () => {
    const findings: Findings = {
      ...healthy,
      kvm: 'no permission',
      accelerator: { name: 'tcg', threads: 'multi', why: '/dev/kvm cannot be opened' },
    };
    expect(rowOf(findings, '/dev/kvm')?.mend).to.contain('usermod -aG kvm');
    expect(diagnose(findings).pace).to.contain('software emulation on 4 cores');
    expect(diagnose(findings).ready).to.equal(true);
  });
});

describe('the probing of a host', () => {
  it('does not boot anything where QEMU is missing', () =>
    inFakeHost(async (host) => {
      let boots = 0;
      const findings = await gatherFindings({
        host,
        folders: { cache: host.folder, labs: host.folder },
        neededMemoryMib: 1,
        prove: () => {
          boots += 1;
          return Promise.resolve({ name: null, why: 'not tried' });
        },
        candidates: () => Promise.resolve(healthy.candidates),
      });
      expect(findings.candidates).to.equal(healthy.candidates);
      expect(findings.requirements.find((each) => each.requirement.name === 'mmdebstrap')?.where).to.equal(
        undefined,
      );
      expect(findings.capacity.memoryMib).to.be.greaterThan(0);
      expect(boots).to.equal(0);
    }));
});

describe('the room for a lab', () => {
  const folders = { cache: '/c', labs: '/l' };
  const plenty = { memoryMib: 4000, cores: 2, cacheMib: 9000, labsMib: 9000 };
  const needed = { memoryMib: 1000, imageIsBuilt: false };

  it('is enough, or what lacks is said with both figures', () => {
    expect(() => {
      ensureCapacity(plenty, needed, folders);
    }).not.to.throw();
    expect(() => {
      ensureCapacity({ ...plenty, memoryMib: 999 }, needed, folders);
    }).to.throw(HostError, /needs about 1000 MiB, 999 MiB are free/);
    expect(() => {
      ensureCapacity({ ...plenty, cacheMib: 10 }, needed, folders);
    }).to.throw(HostError, /space in \/c: the system image needs 3072 MiB, 10 MiB/);
    expect(() => {
      ensureCapacity({ ...plenty, cacheMib: 10 }, { ...needed, imageIsBuilt: true }, folders);
    }).not.to.throw();
    expect(() => {
      ensureCapacity({ ...plenty, labsMib: 10 }, needed, folders);
    }).to.throw(HostError, /space in \/l/);
  });

  it('counts what the nodes are given, and what QEMU takes for each', () => {
    expect(neededMemoryMib([512, 512, 512, 512])).to.equal(2304);
  });
});
