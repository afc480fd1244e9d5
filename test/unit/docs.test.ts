import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { verbs } from '../../lab/cli/verbs.ts';
import { configFile, logFile, pidFile } from '../../lab/fabric/config.ts';
import { logFileIn } from '../../lab/host/install.ts';
import { fenceSocket, machineSockets, nicSocket, nodeFiles } from '../../lab/providers/qemu/paths.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => join('docs', name)),
];

function read(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** Targets of links that are files here: no address, no anchor of the same page. */
function linkedFiles(markdown: string): string[] {
  return [...markdown.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** Source files that are named as code, by their path from the root of the project. */
function namedFiles(markdown: string): string[] {
  return [
    ...markdown.matchAll(/`((?:bin|docs|lab|provisioners|reports|scenarios|test)\/[\w./-]+\.\w+)`/g),
  ].map(([, path = '']) => path);
}

/** The verbs of commands that are shown: in `code`, or at the beginning of an indented line. */
function shownVerbs(markdown: string): string[] {
  const commands = [
    ...markdown.matchAll(/`(?:lab|\.\/bin\/lab\.js) ([a-z]+)[^`]*`/g),
    ...markdown.matchAll(/^ {4}(?:lab|\.\/bin\/lab\.js) ([a-z]+)/gm),
  ];
  return commands.map(([, verb = '']) => verb);
}

/** What code calls its files, with the placeholders of the page instead of a lab's names. */
const writtenFiles = [
  ...Object.values(nodeFiles('/state', '<node>')).slice(1),
  ...Object.values(machineSockets('/runtime', '<node>')),
  nicSocket('/runtime', '<node>', '<nic>'),
  fenceSocket('/runtime', '<node>'),
  ...[configFile, logFile, pidFile, logFileIn('/cache')],
].map((path) => basename(path));

const nameOfAFile =
  /'([a-z][a-z.-]*\.(?:json|lock|log|html|raw|sock)|complete|dirty|lock|memory|saved|state-folder|vmlinuz|initrd)'/g;

/** File names that the engine's sources hold as literals. */
const literalFiles = [
  ...new Set(
    readdirSync(join(root, 'lab'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => [...read(join('lab', path)).matchAll(nameOfAFile)])
      .map(([, name = '']) => name),
  ),
];

function isDescribed(page: string, file: string): boolean {
  return new RegExp(`\`(?:[^\`\\s]*/)?${file.replaceAll('.', '\\.')}\``).test(page);
}

describe('the documentation', () => {
  for (const page of pages) {
    it(`links to files that exist in ${page}`, () => {
      const missing = linkedFiles(read(page)).filter(
        (target) => !existsSync(join(root, dirname(page), target)),
      );
      expect(missing).to.deep.equal([]);
    });

    it(`names source files that exist in ${page}`, () => {
      expect(namedFiles(read(page)).filter((path) => !existsSync(join(root, path)))).to.deep.equal([]);
    });

    it(`shows commands that exist in ${page}`, () => {
      const known = verbs.map((verb) => verb.name);
      expect(shownVerbs(read(page)).filter((verb) => !known.includes(verb))).to.deep.equal([]);
    });
  }

  it('shows every command in README.md', () => {
    expect(shownVerbs(read('README.md'))).to.include.members(verbs.map((verb) => verb.name));
  });

  it('describes every file that paths.ts, the fabric and apt-get name in docs/lab-folder.md', () => {
    const page = read('docs/lab-folder.md');
    expect(writtenFiles).to.have.length.greaterThan(8);
    expect(writtenFiles.filter((file) => !isDescribed(page, file))).to.deep.equal([]);
  });

  it('describes every file that the engine names in docs/lab-folder.md', () => {
    const page = read('docs/lab-folder.md');
    expect(literalFiles).to.include.members(['lab.json', 'record.json', 'state-folder']);
    expect(literalFiles.filter((file) => !isDescribed(page, file))).to.deep.equal([]);
  });
});

describe('the readers of the documentation', () => {
  it('find a link to a file, and leave addresses and anchors alone', () => {
    const text = '[a](gone.md) [b](docs/also-gone.md#part) [c](https://example.org/x.md) [d](#here)';
    expect(linkedFiles(text)).to.deep.equal(['gone.md', 'docs/also-gone.md']);
  });

  it('find a source file that is named', () => {
    expect(namedFiles('see `lab/gone.ts`, `.lab/<name>/` and `lab/<word>.ts`')).to.deep.equal([
      'lab/gone.ts',
    ]);
  });

  it('find the verb of a command in code and in a block, not in prose', () => {
    const text =
      'With `lab explode now`, lab itself ends.\n\n    ./bin/lab.js implode --all\n    lab collapse\n';
    expect(shownVerbs(text)).to.deep.equal(['explode', 'implode', 'collapse']);
  });

  it('tell a described file from one whose name is a part of another', () => {
    expect(isDescribed('| `images/<id>/disk.raw` |', 'disk.raw')).to.equal(true);
    expect(isDescribed('| `not-a-lock` |', 'lock')).to.equal(false);
  });
});
