/** Pacemaker's configuration as data, and as the XML that cibadmin(8) takes. */

export interface Operation {
  name: 'start' | 'stop' | 'promote' | 'demote' | 'notify' | 'monitor';
  /** Seconds; 0 for operations that do not recur. */
  interval: number;
  /** Seconds. */
  timeout: number;
  role?: 'Promoted' | 'Unpromoted';
  onFail?: 'restart' | 'block';
  /** Seconds. */
  startDelay?: number;
}

export interface Primitive {
  kind: 'primitive';
  id: string;
  /** `ocf:heartbeat:Filesystem`, `systemd:nfs-server`, `stonith:fence_lab`. */
  agent: string;
  params: Readonly<Record<string, string>>;
  operations: readonly Operation[];
}

export interface Group {
  kind: 'group';
  id: string;
  members: readonly Primitive[];
}

export interface Clone {
  kind: 'clone';
  id: string;
  meta: Readonly<Record<string, string>>;
  of: Primitive | Group;
}

export type Resource = Primitive | Group | Clone;

export type Constraint =
  | { kind: 'colocation'; resource: string; with: string; withRole?: 'Promoted'; score: string }
  /** Never on this node. */
  | { kind: 'ban'; resource: string; node: string }
  | { kind: 'location'; id: string; resource: string; role: 'Promoted'; node: string; score: string }
  | { kind: 'order'; first: string; firstAction: 'start' | 'promote'; then: string };

export interface ClusterConfiguration {
  properties: Readonly<Record<string, string>>;
  defaults: Readonly<Record<string, string>>;
  /** The nodes with Corosync's ids. */
  nodes: readonly { id: number; name: string }[];
  resources: readonly Resource[];
  constraints: readonly Constraint[];
}

/** A whole CIB with an empty status section, indented; every value is escaped. */
export function cibXml(configuration: ClusterConfiguration): string {
  const { properties, defaults, nodes, resources, constraints } = configuration;
  const lines = element(
    'cib',
    { 'validate-with': 'pacemaker-3.9', admin_epoch: '0', epoch: '1', num_updates: '0' },
    [
      ...element('configuration', {}, [
        ...element('crm_config', {}, nvset('cluster_property_set', 'cib-bootstrap-options', properties)),
        ...element(
          'nodes',
          {},
          nodes.flatMap(({ id, name }) => element('node', { id: String(id), uname: name })),
        ),
        ...element('resources', {}, resources.flatMap(resourceXml)),
        ...element('constraints', {}, constraints.flatMap(constraintXml)),
        ...element('rsc_defaults', {}, nvset('meta_attributes', 'rsc-defaults', defaults)),
      ]),
      ...element('status', {}),
    ],
  );
  return ['<?xml version="1.0" encoding="UTF-8"?>', ...lines, ''].join('\n');
}

function resourceXml(resource: Resource): string[] {
  switch (resource.kind) {
    case 'primitive':
      return primitiveXml(resource);
    case 'group':
      return element('group', { id: resource.id }, resource.members.flatMap(primitiveXml));
    case 'clone':
      return element('clone', { id: resource.id }, [
        ...resourceXml(resource.of),
        ...nvset('meta_attributes', `${resource.id}-meta`, resource.meta),
      ]);
  }
}

function primitiveXml({ id, agent, params, operations }: Primitive): string[] {
  const words = agent.split(':');
  const [kind = '', type = ''] = [words[0], words.at(-1)];
  const provider = words.length === 3 ? { provider: words[1] ?? '' } : {};
  return element('primitive', { id, class: kind, ...provider, type }, [
    ...nvset('instance_attributes', `${id}-params`, params),
    ...element(
      'operations',
      {},
      operations.flatMap((operation) => operationXml(id, operation)),
    ),
  ]);
}

function operationXml(resource: string, operation: Operation): string[] {
  const { name, interval, timeout, role, onFail, startDelay } = operation;
  const id = [resource, name, ...(role === undefined ? [] : [role.toLowerCase()]), seconds(interval)].join(
    '-',
  );
  return element('op', {
    id,
    name,
    interval: seconds(interval),
    timeout: seconds(timeout),
    ...(role === undefined ? {} : { role }),
    ...(onFail === undefined ? {} : { 'on-fail': onFail }),
    ...(startDelay === undefined || startDelay === 0 ? {} : { 'start-delay': seconds(startDelay) }),
  });
}

function constraintXml(constraint: Constraint): string[] {
  if (constraint.kind === 'order') {
    const { first, firstAction, then } = constraint;
    return element('rsc_order', {
      id: `order-${first}-${then}`,
      first,
      'first-action': firstAction,
      then,
      'then-action': 'start',
    });
  }
  if (constraint.kind === 'ban') {
    const { resource, node } = constraint;
    return element('rsc_location', {
      id: `${resource}-not-on-${node}`,
      rsc: resource,
      node,
      score: '-INFINITY',
    });
  }
  if (constraint.kind === 'location') {
    const { id, resource, role, node, score } = constraint;
    return element('rsc_location', { id, rsc: resource }, [
      ...element('rule', { id: `${id}-rule`, role, score }, [
        ...element('expression', { id: `${id}-node`, attribute: '#uname', operation: 'eq', value: node }),
      ]),
    ]);
  }
  const { resource, with: other, withRole, score } = constraint;
  return element('rsc_colocation', {
    id: `colocation-${resource}-${other}`,
    rsc: resource,
    'with-rsc': other,
    ...(withRole === undefined ? {} : { 'with-rsc-role': withRole }),
    score,
  });
}

function nvset(name: string, id: string, values: Readonly<Record<string, string>>): string[] {
  const pairs = Object.entries(values);
  if (pairs.length === 0) return [];
  return element(
    name,
    { id },
    pairs.flatMap(([key, value]) => element('nvpair', { id: `${id}-${key}`, name: key, value })),
  );
}

function element(
  name: string,
  attributes: Readonly<Record<string, string>>,
  children: readonly string[] = [],
): string[] {
  const head = [name, ...Object.entries(attributes).map(([key, value]) => `${key}="${escaped(value)}"`)].join(
    ' ',
  );
  if (children.length === 0) return [`<${head}/>`];
  return [`<${head}>`, ...children.map((line) => `  ${line}`), `</${name}>`];
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\t', '&#9;');
}

function seconds(value: number): string {
  return `${String(value)}s`;
}
