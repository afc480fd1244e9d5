import { expect } from 'chai';
import { renderMarkdown } from '../../../lab/plans/markdown.ts';
import type { Plan } from '../../../lab/plan.ts';
import { planOf } from './plan-of.ts';

describe('a plan as Markdown', () => {
  it('shows no secret', () => {
    const text = renderMarkdown(planOf('current'));
    expect(text).not.to.contain('c0ffee5ec2e7');
    expect(text).to.match(/\/etc\/ha\.d\/authkeys`, mode 0600:\n\n```\n•+\n•+\n```/);
  });

  it('keeps the order of the article and its titles', () => {
    const text = renderMarkdown(planOf('period'));
    const places = [
      '1 Mein Setup',
      '2 Basis-Installation von server1 und server2',
      '3 Synchronisation der System-Zeit',
      '4 Installation des NFS Servers',
      '5 Installation von DRBD',
      '6 Konfiguration von DRBD',
      '7 Eine weitere NFS Konfiguration',
      '8 Installation und Konfiguration von heartbeat',
      '9 Erste Tests',
      '10 Konfiguration des NFS Clients',
    ].map((title) => text.indexOf(`*Article: ${title}*`));
    expect(places).not.to.include(-1);
    expect(places).to.deep.equal([...places].sort((a, b) => a - b));
  });

  it('names the nodes of every step and puts each erratum into its section', () => {
    const plan = planOf('current');
    const text = renderMarkdown(plan);
    for (const section of plan.sections)
      for (const step of section.steps)
        expect(text).to.contain(`**${step.nodes.join(', ')}:** ${step.title}.`);
    for (const erratum of plan.errata) expect(text).to.contain(`> **The article says:** ${erratum.says}`);
    expect(text).not.to.contain('Further errata');
    expect(text.indexOf('mv /var/lib/nfs/ /data/')).to.be.above(text.indexOf('## 7 '));
  });

  it('lets no word of prose become markup', () => {
    expect(renderMarkdown(planOf('current'))).to.contain('# \\<file system> \\<mount point>');
  });

  it('fences content that holds a fence, and shows errata without a section at the end', () => {
    const plan: Plan = {
      ...planOf('current'),
      sections: [
        {
          title: 'One',
          steps: [
            { kind: 'file', title: 'Write x', nodes: ['a'], path: '/x', mode: 0o644, content: '```\n' },
          ],
        },
      ],
    };
    const text = renderMarkdown(plan);
    expect(text).to.contain('````\n```\n````');
    expect(text).to.contain('## Further errata');
  });
});
