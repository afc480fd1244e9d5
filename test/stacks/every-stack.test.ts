import { stacks } from '../../lab/cli/registry.ts';
import { removeWorkFolder } from '../e2e/rig.ts';
import { stackSurvives } from './stack-survives.ts';

for (const { name } of stacks) stackSurvives(name);
stackSurvives('pacemaker-centos7', { settings: ['fencing=host'], phases: ['detect', 'fence', 'promote'] });

after(removeWorkFolder);
