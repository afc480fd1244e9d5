import tseslint from 'typescript-eslint';

/**
 * Which way imports point (CONTRIBUTING.md): cli -> run and implementations -> concepts. A path is matched as it is
 * written in the import, so every rule is told by the folder it lies in.
 */
const outside = {
  cli: { regex: '/cli/', message: 'only the command line imports the command line' },
  run: { regex: '/run(\\.ts|/)', message: 'only the command line, tests and the bench import the runner' },
  provisioners: { regex: '/provisioners/', message: 'stacks are handed in, not imported' },
  scenarios: { regex: '/scenarios/', message: 'scenarios are handed in, not imported' },
  reports: {
    regex: '/reports/',
    message: 'reports read records; nothing below the command line reads reports',
  },
  tests: { regex: '/(test|bench)/', message: 'the product does not import its tests or its bench' },
};
const everyOutside = Object.values(outside);

const generator = {
  regex: '/Vagrantfile\\.ts$',
  message: 'only providers and the command line generate Vagrantfiles',
};
const ssh2 = { regex: '^ssh2($|/)', message: 'only lab/machines/ssh.ts speaks to ssh2' };
const nodeProcess = {
  regex: '^(node:)?process$',
  message: 'use the global process, whose argv and exit code are the command line’s alone',
};

/** An import of `lab/` from one of its sibling folders that is not one of these parts of it. */
function labExcept(allowed, message) {
  return { regex: `^(\\.\\./)+lab/(?!(?:${allowed})$)`, message };
}

/** An import that leaves a folder of `lab/` for another one, these excepted. */
function otherFolderThan(allowed) {
  return {
    regex: `^(\\.\\./)+${allowed === '' ? '' : `(?!(?:${allowed})/)`}[a-z0-9-]+/`,
    message: 'an implementation imports concepts and its own folder only',
  };
}

function imports(...patterns) {
  return { 'no-restricted-imports': ['error', { patterns: [nodeProcess, ...patterns] }] };
}

const commandLineOnly = ['argv', 'exit', 'exitCode', 'stdout', 'stderr', 'stdin'].map((property) => ({
  object: 'process',
  property,
  message: 'only lab/cli reads arguments, prints and sets the exit code',
}));

const houseSyntax = [
  { selector: 'ExportDefaultDeclaration', message: 'export it by its name' },
  { selector: 'ExportAllDeclaration', message: 'no barrels: import from the file that defines it' },
  { selector: 'ExportNamedDeclaration[source]', message: 'no barrels: import from the file that defines it' },
];
const noDynamicImport = {
  selector: 'ImportExpression',
  message: 'import() slips past the import rules; only the command line loads code when it is needed',
};

export default tseslint.config(
  { ignores: ['node_modules/', '.lab/', 'lab-results/', 'coverage/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylistic],
    languageOptions: {
      parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // There are no enums here (tsconfig: erasableSyntaxOnly), and the rule asks the type of every value.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...houseSyntax],
    },
  },
  {
    files: ['{lab,provisioners,scenarios,reports}/**/*.ts', '*.ts'],
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': ['error', ...houseSyntax, noDynamicImport],
      'no-restricted-properties': ['error', ...commandLineOnly],
    },
  },
  {
    // Concepts know concepts.
    files: ['lab/*.ts', '*.ts'],
    rules: imports(ssh2, outside.run, {
      regex: '^\\./(?!lab/[a-z0-9-]+\\.ts$).*/|^\\.\\./',
      message: 'a concept imports concepts only',
    }),
  },
  {
    // The generator is a concept whose parts have a folder.
    files: ['Vagrantfile.ts'],
    rules: imports(ssh2, outside.run, {
      regex: '^\\./(?!lab/(?:vagrantfile/)?[a-z0-9-]+\\.ts$).*/|^\\.\\./',
      message: 'the generator imports concepts and its own parts only',
    }),
  },
  {
    // The runner is handed its stack, provider and scenario.
    files: ['lab/run.ts'],
    rules: imports(ssh2, {
      regex: '^\\./(?!run/).*/|^\\.\\./',
      message: 'the runner imports concepts and its own parts only',
    }),
  },
  {
    // Implementations know concepts and their own folder.
    files: ['lab/*/**/*.ts'],
    ignores: ['lab/cli/**', 'lab/providers/**'],
    rules: imports(ssh2, generator, ...everyOutside, otherFolderThan('')),
  },
  {
    // The runner keeps its records in the store.
    files: ['lab/run/**/*.ts'],
    rules: imports(ssh2, generator, ...everyOutside, otherFolderThan('store')),
  },
  {
    files: ['lab/machines/ssh.ts'],
    rules: imports(...everyOutside, otherFolderThan('')),
  },
  {
    // A provider is made of machines, the fabric and what the host offers.
    files: ['lab/providers/**/*.ts'],
    rules: imports(ssh2, ...everyOutside, otherFolderThan('fabric|host|machines|qemu')),
  },
  {
    // Both kinds of machines that Vagrant makes keep the contract of a hypervisor.
    files: ['lab/providers/{virtualbox,libvirt}/**/*.ts'],
    rules: imports(
      ssh2,
      ...everyOutside,
      otherFolderThan('fabric|host|machines|qemu|vagrant(?=/hypervisor\\.ts$)'),
    ),
  },
  {
    files: ['provisioners/**/*.ts'],
    rules: imports(
      ssh2,
      generator,
      outside.scenarios,
      outside.reports,
      outside.tests,
      outside.run,
      labExcept('[a-z0-9-]+\\.ts|platforms/[a-z0-9-]+\\.ts', 'a stack imports concepts and platforms only'),
    ),
  },
  {
    files: ['scenarios/**/*.ts'],
    rules: imports(
      ssh2,
      generator,
      outside.provisioners,
      outside.reports,
      outside.tests,
      outside.run,
      labExcept(
        '[a-z0-9-]+\\.ts|(?:faults|checks)/[a-z0-9-]+\\.ts',
        'a scenario imports concepts, faults and checks; never a provider',
      ),
    ),
  },
  {
    files: ['reports/**/*.ts'],
    rules: imports(
      ssh2,
      generator,
      outside.provisioners,
      outside.scenarios,
      outside.tests,
      labExcept(
        '(?:record|stall|timeline|errors|run-summary|night|judgement|night-report)\\.ts',
        'a report imports record, run summary, night, judgement, stall, timeline and errors only',
      ),
    ),
  },
  {
    files: ['lab/cli/**/*.ts'],
    rules: {
      ...imports(ssh2, outside.tests),
      'no-console': 'off',
      'no-restricted-properties': 'off',
      'no-restricted-syntax': ['error', ...houseSyntax],
    },
  },
  {
    // Entry points of detached processes have arguments and an exit code of their own.
    files: ['lab/*/main.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['bench/**/*.ts'],
    rules: { ...imports(ssh2), 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off' },
  },
  {
    files: ['**/*.js'],
    rules: { eqeqeq: 'error', 'no-unused-vars': 'error', 'no-undef': 'off' },
  },
);
