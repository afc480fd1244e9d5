import { expect } from 'chai';
import { cibXml } from '../../../../provisioners/parts/pacemaker-cib.ts';
import { parsePacemakerLine } from '../../../../provisioners/parts/pacemaker-log.ts';
import { parseStatus } from '../../../../provisioners/parts/pacemaker-status.ts';
import { crmMonXml } from '../../../fixtures/crm-mon.ts';

const at = Date.UTC(2026, 10, 21, 19, 35, 23) + 601.524;
const stamp = '2026-11-21T19:35:23.601524+00:00';

describe('lines of Corosync and Pacemaker', () => {
  const known: [string, string, string | undefined][] = [
    ['corosync[639]:   [TOTEM ] Token has not been received in 3002 ms ', 'peer-late', undefined],
    [
      'corosync[639]:   [TOTEM ] A processor failed, forming new configuration: token timed out (4000ms), waiting 4800ms for consensus. ',
      'token-lost',
      undefined,
    ],
    ['pacemaker-controld[645]:  notice: Node nfs01 state is now lost ', 'peer-dead', 'nfs01'],
    ['pacemaker-controld[680]:  notice: Node nfs02 state is now member ', 'peer-active', 'nfs02'],
    [
      'pacemaker-controld[645]:  notice: Requesting local execution of promote operation for drbd on nfs02 ',
      'resource-starting',
      'drbd',
    ],
    [
      'pacemaker-controld[645]:  notice: Requesting local execution of stop operation for nfsserver on nfs02 ',
      'resource-stopping',
      'nfsserver',
    ],
    [
      'pacemaker-controld[645]:  notice: Result of start operation for fs on nfs02: ok ',
      'resource-started',
      'fs',
    ],
    [
      'pacemaker-controld[645]:  notice: Result of promote operation for drbd on nfs02: ok ',
      'resource-started',
      'drbd',
    ],
    [
      'pacemaker-controld[645]:  notice: Result of stop operation for nfsserver on nfs02: ok ',
      'resource-stopped',
      'nfsserver',
    ],
    [
      'pacemaker-controld[645]:  error: Result of start operation for nfsserver on nfs02: Timed Out after 20s (Resource agent did not complete within 20s) ',
      'resource-failed',
      'nfsserver',
    ],
    ['exportfs(exportfs)[1892]: INFO: directory /drbd/nfs/nfsroot exported', 'serving', '/drbd/nfs/nfsroot'],
  ];
  for (const [line, kind, subject] of known)
    it(`mean ${kind}: ${line.slice(0, 90)}`, () => {
      const event = parsePacemakerLine(`${stamp} nfs02 ${line}`);
      expect(event).to.include({ source: 'cluster', kind, guestMs: at });
      expect(event?.subject).to.equal(subject);
    });

  it('that warn or fail are told, others are not', () => {
    const told = (line: string): string | undefined => parsePacemakerLine(`${stamp} nfs02 ${line}`)?.kind;
    expect(told('pacemaker-schedulerd[679]:  warning: Blind faith: not fencing unseen nodes')).to.equal(
      'log',
    );
    expect(told('Filesystem(fs)[804]: ERROR: Couldn’t mount device')).to.equal('log');
    expect(told('pacemaker-controld[680]:  notice: High CPU load detected: 4.270000')).to.equal(undefined);
    expect(told('nfsserver(nfsserver)[1445]: INFO: Starting NFS server ...')).to.equal(undefined);
    expect(parsePacemakerLine('==> /var/log/ha-log <==')).to.equal(undefined);
  });

  it('of a probe, a notification or a monitor are no takeover', () => {
    for (const what of ['probe', 'notify', 'monitor'])
      for (const text of [
        `Result of ${what} operation for drbd on nfs02: ok`,
        `Requesting local execution of ${what} operation for drbd on nfs02`,
      ])
        expect(
          parsePacemakerLine(`${stamp} nfs02 pacemaker-controld[645]:  notice: ${text} `)?.kind,
          text,
        ).to.equal(undefined);
  });

  it('of daemons that only repeat what the controller says are left out', () => {
    for (const daemon of ['attrd', 'based', 'fenced'])
      expect(
        parsePacemakerLine(`${stamp} nfs02 pacemaker-${daemon}[642]:  notice: Node nfs01 state is now lost `),
      ).to.equal(undefined);
  });
});

describe('the status of Pacemaker', () => {
  it('tells who is online, whether there is quorum, and that nothing is ill', () => {
    expect(parseStatus(crmMonXml)).to.deep.equal({ online: ['nfs01', 'nfs02'], quorate: true, ill: [] });
  });

  it('leaves out a node that is away, about to come, or on standby', () => {
    const changed = (from: string, to: string): string[] | undefined =>
      parseStatus(crmMonXml.replace(from, to))?.online;
    expect(changed('id="2" online="true"', 'id="2" online="false"')).to.deep.equal(['nfs01']);
    expect(changed('online="true" standby="false"', 'online="true" standby="true"')).to.deep.equal(['nfs02']);
    expect(changed('pending="false"', 'pending="true"')).to.deep.equal(['nfs02']);
  });

  it('has no quorum without a controller, or where the controller has none', () => {
    expect(parseStatus(crmMonXml.replace('with_quorum="true"', 'with_quorum="false"'))?.quorate).to.equal(
      false,
    );
    expect(
      parseStatus(crmMonXml.replace(/<current_dc [^>]*>/, '<current_dc present="false"/>'))?.quorate,
    ).to.equal(false);
  });

  it('names resources that failed, are blocked or unmanaged, wherever they are', () => {
    const ill = (resource: string, attribute: string): string[] | undefined => {
      const tag = new RegExp(`<resource id="${resource}"[^>]*>`).exec(crmMonXml)?.[0] ?? '';
      const [name = '', value = ''] = attribute.split('=');
      return parseStatus(
        crmMonXml.replace(tag, tag.replace(new RegExp(` ${name}="\\w+"`), ` ${name}="${value}"`)),
      )?.ill;
    };
    expect(ill('vip', 'failed=true')).to.deep.equal(['vip failed']);
    expect(ill('drbd', 'blocked=true')).to.deep.equal(['drbd blocked']);
    expect(ill('exportfs', 'managed=false')).to.deep.equal(['exportfs unmanaged']);
  });

  it('is none where the cluster does not run', () => {
    expect(parseStatus('')).to.equal(undefined);
    expect(parseStatus('crm_mon: Connection to cluster failed: Connection refused')).to.equal(undefined);
    expect(
      parseStatus('<pacemaker-result api-version="2.25"><status code="102"/></pacemaker-result>'),
    ).to.equal(undefined);
    expect(parseStatus('<pacemaker-result')).to.equal(undefined);
  });

  it('knows a cluster without resources', () => {
    const bare = crmMonXml.replace(/<resources>[\s\S]*<\/resources>/, '<resources/>');
    expect(parseStatus(bare)).to.deep.equal({ online: ['nfs01', 'nfs02'], quorate: true, ill: [] });
  });
});

describe('the XML of a configuration', () => {
  it('escapes every value', () => {
    const xml = cibXml({
      properties: { 'a&b': '<"x">\n\ty' },
      defaults: {},
      nodes: [],
      resources: [],
      constraints: [],
    });
    expect(xml).to.contain('name="a&amp;b" value="&lt;&quot;x&quot;&gt;&#10;&#9;y"/>');
  });

  it('has classes with and without a provider', () => {
    const of = (agent: string): string =>
      cibXml({
        properties: {},
        defaults: {},
        nodes: [],
        resources: [{ kind: 'primitive', id: 'x', agent, params: {}, operations: [] }],
        constraints: [],
      });
    expect(of('ocf:heartbeat:IPaddr2')).to.contain('class="ocf" provider="heartbeat" type="IPaddr2"');
    expect(of('stonith:fence_lab')).to.contain('class="stonith" type="fence_lab"');
    expect(of('systemd:nfs-server')).to.contain('class="systemd" type="nfs-server"');
  });
});
