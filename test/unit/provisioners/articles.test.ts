import { expect } from 'chai';
import { edits, editsOf, machineFacts, unexplained } from '../../fixtures/articles/article.ts';
import { etchApacheArticle, etchApacheSerial } from '../../fixtures/articles/heartbeat-etch-apache.ts';
import { etchIscsiArticle } from '../../fixtures/articles/heartbeat-etch-iscsi.ts';
import { lennyVmArticle } from '../../fixtures/articles/heartbeat-lenny-vm.ts';
import { sargeArticle } from '../../fixtures/articles/heartbeat-sarge.ts';
import {
  pacemakerArticle,
  pacemakerCloned,
  pacemakerClonedSubdir,
} from '../../fixtures/articles/pacemaker-centos7.ts';

const articles = [
  sargeArticle,
  etchApacheArticle,
  etchApacheSerial,
  etchIscsiArticle,
  lennyVmArticle,
  pacemakerArticle,
  pacemakerCloned,
  pacemakerClonedSubdir,
];

describe('the period edition', () => {
  for (const article of articles)
    it(`of ${article.stack.name} is its article ${article.title}, line by line, apart from errata`, () => {
      expect(unexplained(article, editsOf(article))).to.deep.equal([]);
    });

  it('is compared with every file and command of an article', () => {
    for (const { files, commands, stack } of articles) {
      expect(Object.keys(files).length, stack.name).to.be.at.least(3);
      expect(commands.length, stack.name).to.be.at.least(20);
      for (const lines of Object.values(files)) expect(lines.join('')).not.to.equal('');
    }
  });
});

describe('the comparison with an article', () => {
  const { stack, settings, differences } = sargeArticle;
  const found = (changes: Partial<typeof sargeArticle>): string[] => {
    const article = { ...sargeArticle, ...changes };
    return unexplained(article, editsOf(article));
  };

  it('finds a line that differs, that is missing, and that is too much', () => {
    const haCf = [...(sargeArticle.files['/etc/heartbeat/ha.cf'] ?? [])];
    const withHaCf = (lines: readonly string[]): string[] =>
      found({ files: { ...sargeArticle.files, '/etc/heartbeat/ha.cf': lines } });
    expect(withHaCf(haCf.map((line) => line.replace('deadtime 10', 'deadtime 15')))).to.deep.equal([
      '/etc/heartbeat/ha.cf: the article has "deadtime 15"',
      '/etc/heartbeat/ha.cf: the plan has "deadtime 10"',
    ]);
    expect(withHaCf([...haCf, 'ping 192.168.0.1'])).to.deep.equal([
      '/etc/heartbeat/ha.cf: the article has "ping 192.168.0.1"',
    ]);
    expect(withHaCf(haCf.slice(1))).to.deep.equal([
      '/etc/heartbeat/ha.cf: the plan has "logfacility     local0"',
    ]);
    expect(withHaCf(haCf.map((line) => line.replace('bcast   eth0', 'bcast eth0')))).to.have.length(2);
  });

  it('finds a file that one of them lacks', () => {
    const { '/etc/exports': exports, ...files } = sargeArticle.files;
    expect(found({ files })).to.deep.equal([`/etc/exports: the plan has ${JSON.stringify(exports?.[0])}`]);
    expect(found({ files: { ...sargeArticle.files, '/etc/motd': ['hello'] } })).to.deep.equal([
      '/etc/motd: the article has "hello"',
    ]);
  });

  it('holds a file that nodes have differently against each of them', () => {
    const where = 'slave: /etc/network/interfaces';
    const lines = [...(etchIscsiArticle.files[where] ?? []), 'up true'];
    const article = { ...etchIscsiArticle, files: { ...etchIscsiArticle.files, [where]: lines } };
    expect(unexplained(article, editsOf(article))).to.deep.equal([`${where}: the article has "up true"`]);
  });

  it('finds commands in another order, on other nodes, and told nowhere', () => {
    const [first = '', second = '', ...rest] = sargeArticle.commands;
    expect(found({ commands: [second, first, ...rest] })).to.have.length(2);
    expect(found({ commands: [first.replace('+server2', ''), second, ...rest] })).to.have.length(2);
    expect(found({ told: ['sudo halt -f'] })).to.deep.equal(['told: the article has "sudo halt -f"']);
  });

  it('wants an erratum for each difference, and a difference for each that is listed', () => {
    const [one, other] = differences;
    if (one === undefined || other === undefined) throw new Error('the article has two differences');
    expect(found({ differences: [one] })).to.deep.equal([
      `commands: the article has ${JSON.stringify(other.printed)}`,
      `commands: the plan has ${JSON.stringify(other.rendered)}`,
    ]);
    const unfounded = { ...one, erratum: 'nobody said that' };
    expect(found({ differences: [unfounded, other] })).to.deep.equal(['no erratum says "nobody said that"']);
    expect(found({ differences: [...differences, { ...one, printed: 'server1: true' }] })).to.deep.equal([
      'commands: "server1: true" is listed as a difference and is none',
    ]);
    expect(unexplained({ stack, settings, differences: [] }, [])).to.deep.equal([]);
  });

  it('reads machines from Vagrantfiles of either form', () => {
    const article = machineFacts((pacemakerArticle.vagrantfile ?? []).join('\n'));
    expect(article).to.have.length(15).and.include('nfs02 ip 192.168.33.22').and.include('linked_clone true');
    expect(machineFacts(article.join('\n'))).to.deep.equal([]);
  });

  it('goes the shortest way', () => {
    expect(edits('x', ['a', 'b', 'c'], ['a', 'c', 'd'])).to.deep.equal([
      { where: 'x', printed: 'b' },
      { where: 'x', rendered: 'd' },
    ]);
    expect(edits('x', [], [])).to.deep.equal([]);
  });
});
