import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { RigError } from '../../errors.ts';

/** What lab reads of a domain's definition (https://libvirt.org/formatdomain.html). */
export interface Domain {
  name: string;
  /** `kvm` or `qemu`. */
  type: string;
  /** Cluster and management NICs in the order of the guest. */
  nics: { mac: string; link: 'up' | 'down' }[];
}

const Interface = z.looseObject({
  mac: z.looseObject({ '@address': z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/) }),
  link: z.looseObject({ '@state': z.enum(['up', 'down']) }).optional(),
});
const Definition = z.looseObject({
  domain: z.looseObject({
    '@type': z.string(),
    name: z.string(),
    devices: z.looseObject({ interface: z.array(Interface).optional() }),
  }),
});

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => name === 'interface',
});

/** @throws RigError for text that is no definition of a domain */
export function parseDomain(xml: string): Domain {
  let parsed: unknown;
  try {
    // The parser takes what it gets of a text that was torn off.
    if (!/<\/domain>\s*$/.test(xml)) throw new Error('it has no end');
    parsed = parser.parse(xml);
  } catch (error) {
    throw new RigError(`libvirt's definition of a domain cannot be read: ${String(error)}`);
  }
  const definition = Definition.safeParse(parsed);
  if (!definition.success)
    throw new RigError(
      `libvirt's definition of a domain is not understood:\n${z.prettifyError(definition.error)}`,
    );
  const { domain } = definition.data;
  return {
    name: domain.name,
    type: domain['@type'],
    nics: (domain.devices.interface ?? []).map(({ mac, link }) => ({
      mac: mac['@address'],
      link: link?.['@state'] ?? 'up',
    })),
  };
}
