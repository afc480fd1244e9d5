import type { StartProbe } from '../probe.ts';
import { startBlockWriter } from './block-writer.ts';
import { startHttpWriter } from './http-writer.ts';
import { startNfsWriter } from './nfs-writer.ts';

/** Starts the writer that a workload asks for. */
export const startWriter: StartProbe = (lab, client, workload, zeroMs) => {
  switch (workload.kind) {
    case 'nfs-append':
      return startNfsWriter(lab, client, workload, zeroMs);
    case 'block-append':
      return startBlockWriter(lab, client, workload, zeroMs);
    case 'http-put':
      return startHttpWriter(lab, client, workload, zeroMs);
  }
};
