// Runs inside the namespaces of `npm run test:vagrant`; prints seconds as its last line.
import { lab, withWorkFolder } from './labs.ts';

const seconds = await withWorkFolder(async (folder) => {
  const stack = 'heartbeat-sarge';
  // Whatever both need is made first: the image, the base machine, the box and Vagrant's copy of it.
  await lab(folder, ['up', stack, '--provider', 'qemu']);
  const cold = await lab(folder, ['up', stack, '--fresh']);
  const warm: number[] = [];
  for (let run = 0; run < 5; run++) {
    await lab(folder, ['down']);
    warm.push((await lab(folder, ['up', stack])).seconds);
  }
  await lab(folder, ['down']);
  await lab(folder, ['image', 'box', '--provider', 'libvirt']);
  const libvirt = await lab(folder, ['up', stack, '--provider', 'libvirt', '--name', 'through-vagrant']);
  await lab(folder, ['down', 'through-vagrant', '--purge']);
  return { libvirt: libvirt.seconds, cold: cold.seconds, warm };
});
console.log(JSON.stringify(seconds));
