import { expect } from 'chai';
import { rubyComment, rubyString, rubyStrings, rubyText } from '../../../lab/vagrantfile/ruby.ts';
import { hostile } from './hostile.ts';
import { readRuby } from './read-ruby.ts';

describe('a Ruby literal', () => {
  for (const { text, literal } of [
    { text: 'sv01', literal: '"sv01"' },
    { text: 'a "word"', literal: String.raw`"a \"word\""` },
    { text: 'C:\\new', literal: String.raw`"C:\\new"` },
    { text: '#{1}#$0#@a # b #', literal: String.raw`"\#{1}\#$0\#@a # b #"` },
    { text: 'a\nb\r\tc', literal: String.raw`"a\nb\r\tc"` },
    { text: '\x00\x31\x1b', literal: String.raw`"\u{0}1\u{1b}"` },
    { text: '\u202Eevil\u2028\u00a0\ufeff', literal: String.raw`"\u{202e}evil\u{2028}\u{a0}\u{feff}"` },
    { text: 'Käse 東京 🦀', literal: '"Käse 東京 🦀"' },
    { text: '', literal: '""' },
  ])
    it(`of ${JSON.stringify(text)} is ${literal}`, () => {
      expect(rubyString(text)).to.equal(literal);
      expect(readRuby(literal).texts).to.deep.equal([text]);
    });

  it('of half a character is refused', () => {
    expect(() => rubyString('a\ud800b')).to.throw(TypeError, 'no Ruby text');
  });

  it('in an array stands between commas', () => {
    expect(rubyStrings(['a', '", "'])).to.equal(String.raw`["a", "\", \""]`);
  });
});

describe('a Ruby comment', () => {
  for (const text of hostile)
    it(`of ${JSON.stringify(text)} is comment on every line`, () => {
      for (const line of rubyComment(`on ${text} here`))
        expect(line).to.match(/^#( [^\p{C}\u2028\u2029]*)?$/u);
    });

  it('breaks long prose between words', () => {
    const lines = rubyComment(`${'word '.repeat(50)}end`, 40);
    expect(lines).to.have.length(7);
    expect(Math.max(...lines.map((line) => line.length))).to.be.at.most(42);
    expect(lines.map((line) => line.slice(2)).join(' ')).to.equal(`${'word '.repeat(50)}end`);
  });

  for (const order of [
    'frozen_string_literal: true',
    'Warn-Indent: true',
    'shareable_constant_value: literal',
    'encoding: utf-16',
    '"coding = utf-7',
  ])
    it(`gives Ruby no order by ${order}`, () => {
      expect(rubyComment(order)).to.deep.equal([`# - ${order}`]);
    });

  it('gives Ruby no order between the marks of Emacs', () => {
    expect(rubyComment('a -*- frozen_string_literal: true -*- b')[0]).to.not.contain('-*-');
  });
});

describe('a Ruby text of several lines', () => {
  it('is a here-document that a person can read', () => {
    const { opening, following } = rubyText('#!/bin/sh\nif true; then\n\techo "#{x}" \\\n  done\n\nfi\n');
    expect(opening).to.equal("<<~'SCRIPT'");
    expect(following).to.deep.equal([
      '  #!/bin/sh',
      '  if true; then',
      '  \techo "#{x}" \\',
      '    done',
      '',
      '  fi',
      'SCRIPT',
    ]);
  });

  it('ends with a word that the text does not have on a line of its own', () => {
    const { opening, following } = rubyText('a\nSCRIPT\n  SCRIPT_\t\n');
    expect(opening).to.equal("<<~'SCRIPT__'");
    expect(following.at(-1)).to.equal('SCRIPT__');
  });

  for (const text of [
    'no newline',
    '',
    '\n',
    '  all\n   indented\n',
    'a\r\nb\n',
    'a\0\n',
    'a\u2028b\n',
    'a\n  \nb\n',
    'a\u200bb\n',
  ])
    it(`is a literal where it is ${JSON.stringify(text)}`, () => {
      expect(rubyText(text)).to.deep.equal({ opening: rubyString(text), following: [] });
    });
});
