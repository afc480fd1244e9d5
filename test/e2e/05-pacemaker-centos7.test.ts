import { stackSurvives } from '../stacks/stack-survives.ts';

// First, while no other lab takes processor time; heartbeat-sarge has the files after it.
stackSurvives('pacemaker-centos7');
