import { Readable } from 'node:stream';
import { expect } from 'chai';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { inFolder } from './cli/run-lab.ts';

const folder = fileURLToPath(new URL('../../docs/ci/', import.meta.url));
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

/** What GitHub's schema of workflows (github-workflow.json of SchemaStore) asks of the parts that are used. */
const Step = z
  .strictObject({
    id: z.string().optional(),
    name: z.string().optional(),
    if: z.string().optional(),
    // Pinned by its major version.
    uses: z
      .string()
      .regex(/^[\w-]+\/[\w./-]+@v\d+$/)
      .optional(),
    with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
    run: z.string().optional(),
  })
  .refine(({ uses, run }) => (uses === undefined) !== (run === undefined), 'either uses or run');
const Workflow = z.strictObject({
  name: z.string(),
  on: z.strictObject({
    schedule: z.array(z.strictObject({ cron: z.string() })),
    workflow_dispatch: z.null(),
  }),
  permissions: z.strictObject({ contents: z.literal('read') }),
  concurrency: z.strictObject({ group: z.string() }),
  jobs: z.record(
    z.string(),
    z.strictObject({
      name: z.string().optional(),
      needs: z.union([z.string(), z.array(z.string())]).optional(),
      if: z.string().optional(),
      'runs-on': z.string(),
      'timeout-minutes': z.number().max(360).optional(),
      outputs: z.record(z.string(), z.string()).optional(),
      strategy: z
        .strictObject({ 'fail-fast': z.boolean(), matrix: z.string().regex(/^\$\{\{ fromJSON\(.*\) \}\}$/) })
        .optional(),
      steps: z.array(Step).min(1),
    }),
  ),
});

/** The same of GitLab (ci.json of gitlab-org/gitlab). */
const Script = z.array(z.string());
const Job = z
  .strictObject({
    stage: z.string(),
    image: z.string().optional(),
    when: z.enum(['on_success', 'on_failure', 'always', 'manual', 'delayed', 'never']).optional(),
    resource_group: z.string().optional(),
    before_script: Script.optional(),
    script: Script.optional(),
    after_script: Script.optional(),
    cache: z
      .strictObject({ key: z.string(), paths: Script, when: z.enum(['on_success', 'on_failure', 'always']) })
      .optional(),
    artifacts: z
      .strictObject({
        when: z.enum(['on_success', 'on_failure', 'always']).optional(),
        expire_in: z.string().optional(),
        paths: Script,
        reports: z.strictObject({ junit: z.string() }).optional(),
      })
      .optional(),
    trigger: z
      .strictObject({
        include: z.array(z.strictObject({ artifact: z.string(), job: z.string() })),
        strategy: z.literal('depend'),
      })
      .optional(),
  })
  .refine(
    ({ script, trigger }) => (script === undefined) !== (trigger === undefined),
    'either script or trigger',
  );
const Pipeline = z
  .object({
    workflow: z.strictObject({ rules: z.array(z.strictObject({ if: z.string() })) }).optional(),
    stages: Script.optional(),
    default: z.strictObject({ image: z.string(), before_script: Script }).optional(),
  })
  .catchall(Job);

function jobsOf(text: string): [string, z.infer<typeof Job>][] {
  const { workflow: _workflow, stages: _stages, default: _default, ...jobs } = Pipeline.parse(parse(text));
  return Object.entries<z.infer<typeof Job>>(jobs);
}

/** Shell that is in the files, with what the CI system would put into it. */
function snippets(): { file: string; shell: string }[] {
  const github = Object.values(Workflow.parse(parse(read('github.yml'))).jobs)
    .flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))
    .map((run) => run.replaceAll('${{ matrix.args }}', "--shard 1/4 --seed 7 --budget 4h --set 'a.b=c d'"));
  const gitlab = ['gitlab-ci.yml', 'gitlab-merge.yml'].flatMap((file) =>
    jobsOf(read(file)).flatMap(([, { before_script = [], script = [], after_script = [] }]) =>
      [...before_script, ...script, ...after_script].map((shell) => ({ file, shell })),
    ),
  );
  const jenkins = [...read('Jenkinsfile').matchAll(/^\s*sh '([^'\n]*)'$/gm)].map(([, shell = '']) => shell);
  const cron = cronLines(read('crontab')).map(({ command }) => command.replace('cd /srv/lab', 'cd .'));
  const unit = /^ExecStart=(.*)$/m.exec(read('lab-nightly.service'))?.[1] ?? '';
  return [
    ...github.map((shell) => ({ file: 'github.yml', shell })),
    ...gitlab,
    ...jenkins.map((shell) => ({ file: 'Jenkinsfile', shell })),
    ...cron.map((shell) => ({ file: 'crontab', shell })),
    { file: 'lab-nightly.service', shell: unit.replace('/srv/lab/', './') },
  ];
}

/** Five fields of times and a command (crontab(5)). */
function cronLines(text: string): { times: string[]; command: string }[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !/^\s*#|^\w+\s*=/.test(line))
    .map((line) => {
      const [, times = '', command = ''] = /^((?:\S+\s+){5})(.*)$/.exec(line) ?? [];
      return { times: times.trim().split(/\s+/), command };
    });
}

const ranges = [59, 23, 31, 12, 7];
function isTime(times: readonly string[]): boolean {
  return (
    times.length === 5 &&
    times.every((time, i) => time === '*' || (/^\d+$/.test(time) && Number(time) <= (ranges[i] ?? 0)))
  );
}

/** Whether the command line of this release takes it; nothing of it is done. @throws CommanderError */
async function accepted(argv: readonly string[]): Promise<void> {
  const { createProgram } = await import('../../lab/cli/program.ts');
  const { verbs } = await import('../../lab/cli/verbs.ts');
  const verb = verbs.find(({ name }) => name === argv[0]);
  if (verb === undefined) throw new Error(`there is no command ${String(argv[0])}`);
  const program = createProgram();
  const nowhere = { write: () => true } as unknown as NodeJS.WritableStream;
  (await verb.load())(program, {
    cwd: '/',
    env: {},
    stdin: Readable.from([]),
    stdout: nowhere,
    stderr: nowhere,
    signal: new AbortController().signal,
    exitWith: () => undefined,
  });
  const ended = { writeErr: () => undefined, outputError: () => undefined };
  program.exitOverride().configureOutput(ended);
  for (const command of program.commands)
    for (const each of [command, ...command.commands])
      each
        .exitOverride()
        .configureOutput(ended)
        .action(() => undefined);
  await program.parseAsync([...argv], { from: 'user' });
}

const run = promisify(execFile);

/** Runs shell where `./bin/lab.js` notes its arguments and ends with this status. @returns the arguments of each call */
async function dryRun(cwd: string, shell: string, status = 0): Promise<string[][]> {
  const bin = join(cwd, 'bin');
  const log = join(cwd, 'calls');
  await mkdir(bin, { recursive: true });
  const noting = `#!/bin/sh\nprintf '%s\\n' "$@" . >> '${log}'\necho '{"include":[]}'\nexit ${String(status)}\n`;
  for (const [name, text] of [
    ['lab.js', noting],
    ['sudo', '#!/bin/sh\nexec "$@"\n'],
  ] as const) {
    await writeFile(join(bin, name), text);
    await chmod(join(bin, name), 0o755);
  }
  for (const path of ['shards/shard-1of2', 'shards/shard-2of2', 'night'])
    await mkdir(join(cwd, path), { recursive: true });
  await writeFile(join(cwd, 'night', 'night.md'), '# a night\n');
  await writeFile(log, '');
  await run('bash', ['-e', '-o', 'pipefail', '-c', shell], {
    cwd,
    env: {
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      GITHUB_OUTPUT: join(cwd, 'output'),
      GITHUB_STEP_SUMMARY: join(cwd, 'summary'),
      SHARD: '2',
      BUILD_NUMBER: '17',
      NIGHTS: '/nights',
    },
  });
  return (await readFile(log, 'utf8'))
    .split('\n.\n')
    .filter((call) => call !== '')
    .map((call) => call.split('\n'));
}

describe('the examples for CI', () => {
  it('are those that docs/ci.md names, and hold no secret', () => {
    const page = readFileSync(join(folder, '..', 'ci.md'), 'utf8');
    for (const file of readdirSync(folder)) {
      expect(page, file).to.contain(`](ci/${file})`);
      expect(read(file), file).not.to.match(/secrets\.|password|token|credentials/i);
    }
  });

  for (const [i, { file, shell }] of snippets().entries())
    it(`run shell that lab understands: ${file}, ${String(i + 1)}`, () =>
      inFolder(async (cwd) => {
        await run('bash', ['-n', '-c', shell]);
        const calls = await dryRun(cwd, shell);
        expect(calls).to.have.length(shell.includes('lab.js') ? 1 : 0);
        for (const call of calls) await accepted(call);
      }));

  it('take a verdict of a shard for no failure, and a failure for one', () =>
    inFolder(async (cwd) => {
      for (const { shell } of snippets().filter((each) => each.shell.includes('|| test $? -le 2'))) {
        for (const status of [0, 1, 2]) await dryRun(cwd, shell, status);
        for (const status of [64, 69, 70, 130])
          expect(await dryRun(cwd, shell, status).catch(() => 'failed')).to.equal('failed');
      }
    }));

  it('hand the list of jobs, the summary and all shards on', () =>
    inFolder(async (cwd) => {
      const of = (part: string): string => snippets().find(({ shell }) => shell.includes(part))?.shell ?? '';
      await dryRun(cwd, of('--format github'));
      expect(await readFile(join(cwd, 'output'), 'utf8')).to.equal('matrix={"include":[]}\n');
      await dryRun(cwd, of('night.md'));
      expect(await readFile(join(cwd, 'summary'), 'utf8')).to.equal('# a night\n');
      expect((await dryRun(cwd, of('report merge shards/*')))[0]?.slice(0, 4)).to.deep.equal([
        'report',
        'merge',
        'shards/shard-1of2',
        'shards/shard-2of2',
      ]);
      const jenkins = (await dryRun(cwd, of('--seed "$BUILD_NUMBER"')))[0] ?? [];
      expect(jenkins).to.include.members(['--shard', '2/3', '17', 'shards/2']);
    }));

  it('are jobs that need each other and stages that there are', () => {
    const { jobs } = Workflow.parse(parse(read('github.yml')));
    for (const { needs } of Object.values(jobs))
      for (const need of [needs ?? []].flat()) expect(jobs).to.have.property(need);
    expect(jobs['shard']?.strategy?.matrix).to.contain('needs.plan.outputs.matrix');
    const { stages = [] } = Pipeline.parse(parse(read('gitlab-ci.yml')));
    for (const [, { stage }] of jobsOf(read('gitlab-ci.yml'))) expect(stages).to.contain(stage);
    expect(jobsOf(read('gitlab-merge.yml')).map(([, { stage }]) => stage)).to.deep.equal(['.post']);
    expect(jobsOf(read('gitlab-merge.yml'))[0]?.[1].artifacts?.reports?.junit).to.equal('night/junit.xml');
  });

  it('are a Jenkinsfile whose blocks close, with what a declarative pipeline has to have', () => {
    const text = read('Jenkinsfile')
      .replaceAll(/\/\/.*$/gm, '')
      .replaceAll(/'[^']*'|"[^"]*"/g, "''");
    expect(text.split('{').length).to.equal(text.split('}').length);
    const blocks = [...text.matchAll(/(\w+)(?:\([^()]*\))?\s*\{/g)].map(([, name = '']) => name);
    expect(blocks).to.include.members(['pipeline', 'stages', 'matrix', 'axes', 'axis', 'steps', 'post']);
    expect(text).to.match(/^\s*pipeline \{\s*agent none/);
  });

  it('are cron lines and units', () => {
    const lines = [...cronLines(read('crontab')), { times: '30 1 * * *'.split(' '), command: 'x' }];
    for (const { times, command } of lines) {
      expect(isTime(times), times.join(' ')).to.equal(true);
      // cron(8): an unescaped % ends the command.
      expect(command).not.to.match(/%|^$/);
    }
    expect(
      Workflow.parse(parse(read('github.yml'))).on.schedule.every(({ cron }) => isTime(cron.split(' '))),
    ).to.equal(true);
    for (const wrong of ['60 1 * * *', '1 24 * * *', '* * * *', '1 1 1 13 *'])
      expect(isTime(wrong.split(' '))).to.equal(false);
    const keys = (file: string): string[] =>
      read(file)
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => (line.startsWith('[') ? line : line.slice(0, line.indexOf('='))));
    expect(keys('lab-nightly.service')).to.include.members([
      '[Unit]',
      '[Service]',
      'Type',
      'ExecStart',
      'User',
    ]);
    expect(keys('lab-nightly.timer')).to.include.members(['[Timer]', 'OnCalendar', '[Install]', 'WantedBy']);
    expect([...keys('lab-nightly.service'), ...keys('lab-nightly.timer')]).not.to.contain('');
  });
});

describe('what reads the examples', () => {
  it('refuses steps, jobs and commands that are none', async () => {
    const github = read('github.yml');
    const wrong = [
      github.replace('actions/checkout@v4', 'actions/checkout@main'),
      github.replace('runs-on: ubuntu-24.04', 'run-on: ubuntu-24.04'),
      github.replace('timeout-minutes: 350', 'timeout-minutes: 700'),
    ];
    for (const text of wrong) expect(Workflow.safeParse(parse(text)).success).to.equal(false);
    expect(() => jobsOf(read('gitlab-merge.yml').replace('when: always', 'when: ever'))).to.throw();
    for (const argv of [
      ['nightly', '--shards-of', '3'],
      ['nightly', '--list', '--format', 'gitlap'],
      ['report', 'merge'],
      ['nightlie'],
    ])
      expect(
        await accepted(argv).then(
          () => 'taken',
          () => 'refused',
        ),
        argv.join(' '),
      ).to.equal('refused');
  });
});
