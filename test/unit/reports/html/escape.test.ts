import { expect } from 'chai';
import { h, htmlText, inlineJson, raw } from '../../../../reports/html/escape.ts';

describe('the template of markup', () => {
  it('escapes texts in content and attributes', () => {
    expect(htmlText(h`<p title="${`a"b'c`}">${'<b>&`'}</p>`)).to.equal(
      '<p title="a&quot;b&#39;c">&lt;b&gt;&amp;&#96;</p>',
    );
  });

  it('leaves markup as it is and joins lists', () => {
    expect(htmlText(h`${[h`<i>${'<'}</i>`, ' & ', 3]}${raw('<br>')}`)).to.equal('<i>&lt;</i> &amp; 3<br>');
  });

  it('shows nothing for what is not there', () => {
    expect(htmlText(h`a${null}${undefined}${false}${0}b`)).to.equal('a0b');
  });

  it('takes control and direction characters out, but not line breaks', () => {
    expect(htmlText(h`${'a\u0000\u001b\u202eb\nc'}`)).to.equal('a\ufffd\ufffd\ufffdb\nc');
  });

  it('is not fooled by an object that looks like markup', () => {
    const forged: unknown = JSON.parse('{"markup":"<script>"}');
    expect(() => htmlText(h`${forged as string}`)).to.throw(TypeError);
  });
});

describe('inline JSON', () => {
  it('cannot end its script and survives the way back', () => {
    const value = { text: '</script><!--\u2028\u2029&"\'' };
    const json = htmlText(inlineJson(value));
    expect(json).not.to.match(/[<>&\u2028\u2029]/);
    expect(JSON.parse(json)).to.deep.equal(value);
  });
});
