/** Mount options in the order of fstab(5). */
export function nfsMountOptions(version: string, options: string): string {
  return [options, `vers=${version}`].filter((word) => word !== '').join(',');
}

/** A line of fstab(5). `noauto`: with a hard mount a boot without the service would wait for it for ever. */
export function nfsFstabLine(source: string, directory: string, options: string): string {
  return `${source} ${directory} nfs noauto,_netdev,${options} 0 0`;
}
