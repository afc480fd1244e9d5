import type { RunRecord } from '../../lab/record.ts';
import { h } from './escape.ts';
import type { Content, Html } from './escape.ts';
import { table } from './facts.ts';

/**
 * What the run was made under: settings, host, clocks, versions, files. The parts are rendered open, so that print and
 * pages without JavaScript show them; the script closes them on a screen.
 */
export function circumstances(record: RunRecord): Html {
  return h`<section aria-labelledby="circumstances"><h2 id="circumstances">Under which circumstances</h2>
${fold('Settings', pairs('Settings', 'Setting', record.settings))}
${fold(
  'Host and accelerator',
  pairs('Host', 'What', { provider: record.provider, accelerator: record.accelerator, ...record.host }),
)}
${fold('Versions', versions(record))}
${fold(
  'Clocks',
  record.clocks.length === 0
    ? h`<p class="note">No clock was read.</p>`
    : table(
        'Clocks',
        ['Node', 'Readings', 'Uncertainty'],
        record.clocks.map((clock) => [clock.node, clock.readings, `± ${clock.uncertaintyMs.toFixed(1)} ms`]),
        { numeric: [1, 2] },
      ),
)}
${record.load !== null && fold('Starvation', starvation(record.load))}
${fold('Files beside the record', h`<ul class="files">${record.files.map((file) => h`<li><code>${file}</code></li>`)}</ul>`)}
</section>`;
}

/** Who got the processor in time, and who did not. */
function starvation({ watchdogs, late, steal, others }: NonNullable<RunRecord['load']>): Html {
  const most = steal.reduce((worst, stretch) => Math.max(worst, stretch.share), 0);
  const mostOfOthers = (others ?? []).reduce((worst, stretch) => Math.max(worst, stretch.share), 0);
  return h`${
    watchdogs.length === 0
      ? h`<p class="note">Nobody was watched.</p>`
      : table(
          'Watchdogs',
          ['Of', 'Wakes', 'Latest by', 'Late wakes'],
          watchdogs.map((each) => [
            each.of,
            each.wakes,
            `${each.worstLateMs.toFixed(0)} ms`,
            late.filter((wake) => wake.of === each.of).length,
          ]),
          { numeric: [1, 2, 3] },
        )
  }
${steal.length > 0 && h`<p>Steal from this host, at most: ${(most * 100).toFixed(1)} %.</p>`}
${others !== null && others.length > 0 && h`<p>Taken by other programs of this host, at most: ${(mostOfOthers * 100).toFixed(1)} %.</p>`}`;
}

function fold(title: string, body: Html): Html {
  return h`<details open><summary><h3>${title}</h3></summary>${body}</details>`;
}

function pairs(label: string, head: string, values: RunRecord['settings']): Html {
  return table(
    label,
    [head, 'Value'],
    Object.entries(values).map(([name, value]) => [name, h`<code>${String(value)}</code>`]),
  );
}

/** Programs down, nodes across; a program whose versions differ between the nodes that have it is marked. */
function versions(record: RunRecord): Html {
  const nodes = Object.keys(record.versions);
  const programs = [...new Set(nodes.flatMap((node) => Object.keys(record.versions[node] ?? {})))].sort();
  if (programs.length === 0) return h`<p class="note">No versions were read.</p>`;
  return table(
    'Versions per node',
    ['Program', ...nodes],
    programs.map((program) => {
      const found = nodes.map((node) => record.versions[node]?.[program]);
      const differ = new Set(found.filter((version) => version !== undefined)).size > 1;
      const name: Content = differ ? h`${program} <em class="tag">differs</em>` : program;
      return [name, ...found.map((version) => version ?? '–')];
    }),
  );
}
