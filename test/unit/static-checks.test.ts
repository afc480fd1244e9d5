import { expect } from 'chai';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const module = new URL('../static-checks.js', import.meta.url).href;
const { lintCacheFor } = (await import(module)) as { lintCacheFor: (folder: string) => string };

function folderThatDeclares(declarations: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'lab-lint-'));
  for (const [file, text] of Object.entries(declarations)) declare(folder, file, text);
  return folder;
}

function declare(folder: string, file: string, text: string): void {
  const path = join(folder, 'node_modules', '.cache', 'types', file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

describe('the cache of lint', () => {
  it('is another one when a file declares something else to the others', () => {
    const folder = folderThatDeclares({ 'lab/a.d.ts': 'export declare const a: string;' });
    const before = lintCacheFor(folder);
    declare(folder, 'lab/a.d.ts', 'export declare const a: string | object;');
    expect(lintCacheFor(folder)).not.to.equal(before);
  });

  it('is another one when a declaration is in another file', () => {
    const text = 'export declare const a: string;';
    const [one, other] = [{ 'lab/a.d.ts': text }, { 'lab/b.d.ts': text }].map((declarations) =>
      lintCacheFor(folderThatDeclares(declarations)).split('/').at(-1),
    );
    expect(one).not.to.equal(other);
  });

  it('stays while the declarations do, whatever tsc remembers beside them', () => {
    const folder = folderThatDeclares({ 'lab/a.d.ts': 'export declare const a: string;' });
    const before = lintCacheFor(folder);
    mkdirSync(dirname(before), { recursive: true });
    writeFileSync(before, '');
    declare(folder, 'tsbuildinfo', '{}');
    expect(lintCacheFor(folder)).to.equal(before);
    expect(existsSync(before)).to.equal(true);
  });

  it('goes when it is another one', () => {
    const folder = folderThatDeclares({ 'lab/a.d.ts': 'export declare const a: string;' });
    const before = lintCacheFor(folder);
    mkdirSync(dirname(before), { recursive: true });
    writeFileSync(before, '');
    declare(folder, 'lab/b.d.ts', 'export declare const b: string;');
    lintCacheFor(folder);
    expect(existsSync(before)).to.equal(false);
  });
});
