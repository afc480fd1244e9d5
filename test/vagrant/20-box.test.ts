import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { debian12 } from '../../lab/platforms/debian-12.ts';
import { silent } from '../../lab/progress.ts';
import { ensureImage } from '../../lab/providers/qemu/image.ts';
import { ensureBox } from '../../lab/providers/vagrant/box/ensure-box.ts';
import { boxProviders } from '../../lab/providers/vagrant/box/formats.ts';
import type { BoxProvider } from '../../lab/providers/vagrant/box/formats.ts';
import { boot } from './boot.ts';
import type { Booted } from './boot.ts';

const disks: Readonly<Record<BoxProvider, { file: string; format: string }>> = {
  libvirt: { file: 'box.img', format: 'qcow2' },
  virtualbox: { file: 'box-disk001.vmdk', format: 'vmdk' },
};

/** What no two machines may share: machine-id and host key. */
const identities: string[] = [];

for (const provider of boxProviders)
  describe(`a machine from the box for ${provider}, started by its own boot loader`, () => {
    let folder = '';
    let machine: Booted;
    let firstBoot = '';

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'lab-box-boot-'));
      const box = await ensureBox(debian12, provider, silent, new AbortController().signal);
      const unpacked = join(folder, 'unpacked');
      await mkdir(unpacked);
      execFileSync('tar', ['-xzf', box.file, '-C', unpacked]);
      const { file, format } = disks[provider];
      const overlay = join(folder, 'disk.qcow2');
      execFileSync('qemu-img', [
        'create',
        '-q',
        '-f',
        'qcow2',
        '-F',
        format,
        '-b',
        join(unpacked, file),
        overlay,
      ]);
      machine = await boot(provider, overlay, folder);
      firstBoot = await machine.answers();
    });

    after(async () => {
      await machine.end();
      await rm(folder, { recursive: true, force: true });
    });

    async function says(command: string): Promise<string> {
      const { status, stdout, stderr } = await machine.ssh(command);
      expect(status, `${command}: ${stderr}`).to.equal(0);
      return stdout;
    }

    it('lets Vagrant in, to do anything without a password', async () => {
      expect(await says('sudo -n id -u')).to.equal('0');
    });

    it('has come up without a failed unit, under the name of its platform', async () => {
      expect(await says('systemctl is-system-running --wait; true')).to.equal('running');
      expect(await says('systemctl --failed --no-legend')).to.equal('');
      expect(await says('hostnamectl --static')).to.equal('debian-12');
    });

    it('has its NIC by the name of the kernel, and its address from DHCP', async () => {
      expect(await says('ip -4 -o addr show dev eth0')).to.contain('10.0.2.15/24');
    });

    it('has kept file capabilities: anybody can ping', async () => {
      expect(await says('id -u; ping -c 1 -q 127.0.0.1')).to.match(/^1000\n[^]* 0% packet loss/);
    });

    it('has what faults in the network need', async () => {
      expect(await says('sudo -n nft list ruleset && sudo -n modprobe sch_netem && echo there')).to.contain(
        'there',
      );
    });

    it('has none of the keys of the image, and an identity of its own', async () => {
      const image = await ensureImage(debian12, silent, new AbortController().signal);
      expect((await machine.ssh('sudo -n cat /root/.ssh/authorized_keys')).status).to.equal(1);
      const hostKey = await says('cat /etc/ssh/ssh_host_ed25519_key.pub');
      const machineId = await says('cat /etc/machine-id');
      expect(machineId).to.match(/^[0-9a-f]{32}$/);
      expect(hostKey.split(' ')[1]).not.to.equal(image.hostKey.split(' ')[1]);
      expect(identities).not.to.include(hostKey);
      expect(identities).not.to.include(machineId);
      identities.push(hostKey, machineId);
    });

    it('boots again, and is the same machine', async () => {
      const identity = 'cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id';
      const before = await says(identity);
      await machine.ssh('sudo -n systemctl reboot');
      expect(await machine.answers(firstBoot)).not.to.equal(firstBoot);
      expect(await says(identity)).to.equal(before);
      expect(await says('systemctl is-system-running --wait; true')).to.equal('running');
    });

    if (provider === 'libvirt')
      it('shows its console on the serial port', async () => {
        expect(await readFile(join(folder, 'console.log'), 'utf8')).to.contain('reboot: Restarting system');
      });
  });
