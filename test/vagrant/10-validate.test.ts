import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { stacks } from '../../lab/cli/registry.ts';
import type { VagrantProvider } from '../../lab/vagrantfile/request.ts';
import { vagrantfile } from '../../Vagrantfile.ts';
import {
  everythingRequest,
  standaloneRequest,
  stackRequest,
  vagrantProviders,
} from '../fixtures/vagrant-labs.ts';
import { hostile } from '../unit/vagrantfile/hostile.ts';
import { inVagrantFolder } from './vagrant.ts';

interface File {
  path: string;
  text: string;
}

async function validation(
  provider: VagrantProvider,
  text: string,
  others: readonly File[] = [],
): Promise<{ status: number; output: string }> {
  return await inVagrantFolder(async (folder) => {
    await folder.write('Vagrantfile', text);
    for (const other of others) await folder.write(other.path, other.text);
    return await folder.vagrant(['validate'], { VAGRANT_DEFAULT_PROVIDER: provider });
  });
}

async function expectValid(
  provider: VagrantProvider,
  text: string,
  others: readonly File[] = [],
): Promise<void> {
  const { status, output } = await validation(provider, text, others);
  expect(output, output).to.contain('Vagrantfile validated successfully.');
  expect(status).to.equal(0);
}

for (const provider of vagrantProviders)
  describe(`Vagrant itself, with ${provider}`, () => {
    for (const stack of stacks)
      for (const edition of stack.editions) {
        it(`finds no fault with ${stack.name}, ${edition} edition`, async () => {
          await expectValid(provider, vagrantfile(stackRequest(stack, edition, provider)));
        });

        it(`finds no fault with ${stack.name}, ${edition} edition, standing alone`, async () => {
          const { request, scripts } = standaloneRequest(stack, edition, provider);
          await expectValid(provider, vagrantfile(request), scripts);
        });
      }

    it('finds no fault with a lab that has everything', async () => {
      await expectValid(provider, vagrantfile(everythingRequest(provider)), [
        { path: 'scripts/02-serve-nfs01.sh', text: '#!/bin/sh\n' },
      ]);
    });

    it('runs none of the texts in a lab, whatever they hold', async () => {
      const request = everythingRequest(provider);
      const scripts = new Map(hostile.map((text, i) => [`node${String(i)}`, { text }]));
      const nodes = request.topology.nodes
        .slice(0, 1)
        .flatMap((node) => [...scripts.keys()].map((name) => ({ ...node, name })));
      await expectValid(
        provider,
        vagrantfile({
          ...request,
          topology: {
            ...request.topology,
            networks: request.topology.networks.map((network, i) => ({
              ...network,
              purpose: hostile[i] ?? '',
            })),
            nodes,
            serialLines: [],
          },
          box: { name: 'odd', url: hostile.join('') },
          platform: { ...request.platform, title: hostile.join(' ') },
          options: {
            consoleDirectory: hostile.join('').replaceAll('\0', ''),
            provision: [{ name: '01', scripts }],
          },
        }),
      );
      expect(existsSync('/tmp/owned')).to.equal(false);
    });

    for (const { fault, change, says } of [
      { fault: 'a word that the provider does not know', change: ['.memory =', '.memroy ='], says: 'memroy' },
      {
        fault: 'a word that Vagrant does not know',
        change: ['boot_timeout', 'boot_timeuot'],
        says: 'boot_timeuot',
      },
      {
        fault: 'a host name that is none',
        change: ['hostname = "sv01"', 'hostname = "sv_01"'],
        says: 'hostname',
      },
      { fault: 'Ruby that is none', change: ['do |config|', 'do |config'], says: 'syntax error' },
    ] as const)
      it(`finds fault with ${fault}`, async () => {
        const [good, bad] = change;
        const text = vagrantfile(stackRequest(firstStack(), 'current', provider));
        expect(text).to.contain(good);
        const { status, output } = await validation(provider, text.replace(good, bad));
        expect(output).to.contain(says);
        expect(status).to.not.equal(0);
      });
  });

function firstStack(): (typeof stacks)[number] {
  const [stack] = stacks;
  if (stack === undefined) throw new Error('there is no stack');
  return stack;
}
