#!/usr/bin/env node
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies, minimumNode, nodeIsNewEnough } from './dependencies.js';

const packageFolder = dirname(dirname(fileURLToPath(import.meta.url)));

if (!nodeIsNewEnough(process.versions.node)) {
  process.stderr.write(
    `lab: needs Node ${minimumNode} or newer; this is ${process.versions.node} (${process.execPath})\n` +
      'hint: install a newer Node from https://nodejs.org/, or with a version manager such as fnm or nvm\n',
  );
  process.exit(69);
}

const failure = await ensureDependencies(packageFolder, { withDevelopment: false });
if (failure !== undefined) {
  process.stderr.write(`lab: ${failure.message}\nhint: ${failure.hint}\n`);
  process.exit(failure.exitCode);
}

const { register } = await import('tsx/esm/api');
register();
const { main } = await import('../lab/cli/main.ts');
await main(process.argv.slice(2));
