import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';

/** What crm_mon says of the cluster, seen from one node. */
export interface ClusterStatus {
  /** Names of the nodes that are online and take part. */
  online: string[];
  /** Whether the partition has quorum, and a designated controller. */
  quorate: boolean;
  /** Resources that failed, or that Pacemaker has given up: their names with what is wrong. */
  ill: string[];
}

export const statusCommand = 'crm_mon -1 --output-as=xml';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const list = <T extends z.ZodType>(item: T): z.ZodDefault<z.ZodArray<T>> => z.array(item).default([]);
const Resource = z.looseObject({
  '@id': z.string(),
  '@failed': flag,
  '@blocked': flag,
  '@managed': flag,
});
const Group = z.looseObject({ resource: list(Resource) });
const Status = z.looseObject({
  'pacemaker-result': z.looseObject({
    summary: z.looseObject({
      current_dc: z.looseObject({ '@present': flag, '@with_quorum': flag.optional() }),
    }),
    nodes: z.looseObject({
      node: list(z.looseObject({ '@name': z.string(), '@online': flag, '@pending': flag, '@standby': flag })),
    }),
    resources: z
      .looseObject({
        resource: list(Resource),
        group: list(Group),
        clone: list(z.looseObject({ resource: list(Resource), group: list(Group) })),
      })
      .or(z.literal('').transform(() => ({ resource: [], group: [], clone: [] }))),
  }),
});

/** @returns undefined when the text is no status: crm_mon prints a message where the cluster does not run */
export function parseStatus(xml: string): ClusterStatus | undefined {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseAttributeValue: false,
    isArray: (name) => ['node', 'resource', 'group', 'clone'].includes(name),
  });
  const parsed = Status.safeParse(parsedOr(parser, xml));
  if (!parsed.success) return undefined;
  const { summary, nodes, resources } = parsed.data['pacemaker-result'];
  const groups = [...resources.group, ...resources.clone.flatMap((clone) => clone.group)];
  const all = [
    ...resources.resource,
    ...resources.clone.flatMap((clone) => clone.resource),
    ...groups.flatMap((group) => group.resource),
  ];
  return {
    online: nodes.node
      .filter((node) => node['@online'] && !node['@pending'] && !node['@standby'])
      .map((node) => node['@name']),
    quorate: summary.current_dc['@present'] && summary.current_dc['@with_quorum'] === true,
    ill: all.flatMap((resource) => {
      const wrong = [
        ...(resource['@failed'] ? ['failed'] : []),
        ...(resource['@blocked'] ? ['blocked'] : []),
        ...(resource['@managed'] ? [] : ['unmanaged']),
      ];
      return wrong.length === 0 ? [] : [`${resource['@id']} ${wrong.join(', ')}`];
    }),
  };
}

function parsedOr(parser: XMLParser, xml: string): unknown {
  try {
    return parser.parse(xml);
  } catch {
    return undefined;
  }
}
