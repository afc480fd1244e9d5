import type { Fault } from '../fault.ts';
import { defaultTtlMs, type FaultBounds } from './parts/bounds.ts';
import { strike, undo } from './parts/guest-deed.ts';
import { untilItSays } from './parts/looks.ts';

/**
 * Everything from and to a TCP port vanishes, at either end of the connection; other traffic of the same cable goes on. An
 * nftables table of its own in the node drops it, coming and going.
 */
export function portCut(
  tcpPort: number,
  { ttlMs = defaultTtlMs, provenWithinMs = 30_000 }: FaultBounds = {},
): Fault {
  const port = String(tcpPort);
  const id = `port-cut-${port}`;
  const table = `inet lab_port_cut_${port}`;
  const chain = (name: 'input' | 'output'): string[] => [
    `  chain ${name} {`,
    `    type filter hook ${name} priority -10; policy accept;`,
    `    tcp dport ${port} counter drop`,
    `    tcp sport ${port} counter drop`,
    '  }',
  ];
  const rules = [`table ${table} {`, ...chain('input'), ...chain('output'), '}'].join('\n');
  /** Packets dropped on the way in, and on the way out. */
  const dropped = (name: 'input' | 'output'): string =>
    `nft list chain ${table} ${name} 2>/dev/null | awk '/counter/ { for (i = 1; i < NF; i++) if ($i == "packets") n += $(i + 1) } END { printf "%d ", n }'`;
  return {
    name: 'port-cut',
    title: `TCP port ${port} is cut off`,
    needs: [],
    ttlMs,

    inject: async (context) => {
      await strike(context, {
        id,
        strike: `nft -f - <<'RULES'\n${rules}\nRULES`,
        undo: `nft delete table ${table} 2>/dev/null || :`,
        ttlMs,
      });
    },

    proven: async (context) => {
      const { node } = context;
      const told = await untilItSays(
        context,
        `packets of port ${port} of ${node} to be dropped both ways`,
        `${dropped('input')}; ${dropped('output')}`,
        (counts) => counts !== '' && counts.split(' ').every((count) => Number(count) > 0),
        provenWithinMs,
      );
      const [come = '', gone = ''] = told.split(' ');
      return {
        proof: [
          `${node} dropped ${come} packets that came and ${gone} that went, of port ${port} (its packet filter)`,
        ],
      };
    },

    heal: async (context) => {
      await undo(context, id);
    },

    healed: async (context) => {
      await untilItSays(
        context,
        `the filter on port ${port} of ${context.node} to be gone`,
        `nft list table ${table} >/dev/null 2>&1 && echo there || echo gone`,
        (told) => told === 'gone',
        10_000,
      );
    },
  };
}
