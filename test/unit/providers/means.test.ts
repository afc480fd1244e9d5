import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { providers } from '../../../lab/cli/registry.ts';
import { capabilities, type Capability, type ProviderName } from '../../../lab/provider.ts';
import { capabilitiesOf, hasMeans, type Deed } from '../../../lab/providers/deed.ts';
import { deeds } from '../../../lab/providers/means.ts';
import { meansTables, providerNames } from './means-tables.ts';

const page = fileURLToPath(new URL('../../../docs/providers.md', import.meta.url));
const begin = '<!-- what is done with what: written by test/unit/providers/means.test.ts -->';
const end = '<!-- end -->';

type Claims = Readonly<Record<ProviderName, ReadonlySet<Capability>>>;

/** Where what providers claim and what there are means for differ, one sentence each. */
function disagreements(claims: Claims, rows: readonly Deed[]): string[] {
  const orphans = capabilities
    .filter((capability) => !rows.some((deed) => deed.capability === capability))
    .map((capability) => `nothing is said of ${capability}`);
  const differences = providerNames.flatMap((name) =>
    rows.flatMap((deed) => {
      const { what, capability } = deed;
      if (capability === null || claims[name].has(capability) === hasMeans(deed, name)) return [];
      return hasMeans(deed, name)
        ? [`${name} has means for "${what}" and does not claim ${capability}`]
        : [`${name} claims ${capability} and has no means for "${what}"`];
    }),
  );
  return [...orphans, ...differences];
}

async function claimsOfProviders(): Promise<Claims> {
  const claims: Record<ProviderName, ReadonlySet<Capability>> = {
    qemu: new Set(),
    virtualbox: new Set(),
    libvirt: new Set(),
  };
  for (const { name, open } of providers)
    claims[name] = (await open({ home: '/nowhere', boxFor: () => undefined })).capabilities;
  return claims;
}

describe('the table of means', () => {
  it('has means for what each provider claims, and none for what it does not', async () => {
    expect(disagreements(await claimsOfProviders(), deeds)).to.deep.equal([]);
  });

  it('gives each provider the capabilities that it claims', async () => {
    const claims = await claimsOfProviders();
    for (const name of providerNames)
      expect(capabilitiesOf(name, deeds), name).to.have.members([...claims[name]]);
  });

  it('is in docs/providers.md as it is (LAB_UPDATE_GOLDEN=1 writes it anew)', () => {
    const text = readFileSync(page, 'utf8');
    const from = text.indexOf(begin) + begin.length;
    const to = text.indexOf(end, from);
    expect(from, `${begin} is not in docs/providers.md`).to.be.at.least(begin.length);
    expect(to, `${end} is not in docs/providers.md`).to.be.above(from);
    const wanted = `\n\n${meansTables()}\n\n`;
    if (process.env['LAB_UPDATE_GOLDEN'] === '1')
      writeFileSync(page, text.slice(0, from) + wanted + text.slice(to));
    const again = readFileSync(page, 'utf8');
    expect(again.slice(from, again.indexOf(end, from))).to.equal(wanted);
  });

  it('has every deed once', () => {
    expect(new Set(deeds.map(({ what }) => what)).size).to.equal(deeds.length);
  });
});

describe('what holds the table of means against the providers', () => {
  const means = { how: 'somehow', afterPowerCycle: 'stays', proof: 'not run' } as const;
  const none = { instead: 'nothing' };
  const row = (capability: Capability, libvirt: Deed['by']['libvirt']): Deed => ({
    what: `use ${capability}`,
    capability,
    by: { qemu: means, virtualbox: means, libvirt },
  });
  const all = new Set(capabilities);
  const everybody: Claims = { qemu: all, virtualbox: all, libvirt: all };
  const sound = capabilities.map((capability) => row(capability, means));

  it('finds no fault with a table that fits', () => {
    expect(disagreements(everybody, sound)).to.deep.equal([]);
  });

  it('finds a capability that is claimed without means', () => {
    const rows = sound.map((deed) => (deed.capability === 'link' ? row('link', none) : deed));
    expect(disagreements(everybody, rows)).to.deep.equal([
      'libvirt claims link and has no means for "use link"',
    ]);
    expect(capabilitiesOf('libvirt', rows)).not.to.include('link');
  });

  it('finds means for a capability that is not claimed', () => {
    const claims = { ...everybody, libvirt: new Set(capabilities.filter((each) => each !== 'power')) };
    expect(disagreements(claims, sound)).to.deep.equal([
      'libvirt has means for "use power" and does not claim power',
    ]);
  });

  it('finds a capability that no row belongs to', () => {
    const rows = sound.filter((deed) => deed.capability !== 'fabric');
    expect(disagreements(everybody, rows)).to.deep.equal(['nothing is said of fabric']);
    expect(capabilitiesOf('qemu', rows)).not.to.include('fabric');
  });

  it('writes a table that a bar in a cell does not break', () => {
    const [first] = sound;
    if (first === undefined) throw new Error('no capability');
    expect(meansTables([{ ...first, what: 'a | b' }])).to.contain('| a \\| b |');
  });
});
