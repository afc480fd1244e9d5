import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A terminal without echo in raw mode: a character device whose other end this process holds. */
export interface Pty {
  /** Path of the device. */
  path: string;
  heard: Readable;
  say: Writable;
  close(): void;
}

/** Opens one by ioctl_tty(2) (TIOCSPTLCK, TIOCGPTN), then copies between it and its standard input and output. */
const program = `
use strict; use warnings; use Fcntl;
sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY or die "ptmx: $!";
my $number = pack 'i', 0;
ioctl $master, 0x40045431, $number or die "unlock: $!";
ioctl $master, 0x80045430, $number or die "number: $!";
my $path = '/dev/pts/' . unpack 'i', $number;
sysopen my $held, $path, O_RDWR | O_NOCTTY or die "$path: $!";
system('stty', '-F', $path, 'raw', '-echo') == 0 or die 'stty';
syswrite STDOUT, "$path\\n";
while (1) {
    my $ready = '';
    vec($ready, fileno($_), 1) = 1 for *STDIN, $master;
    select $ready, undef, undef, undef;
    for my $pair ([*STDIN, $master], [$master, *STDOUT]) {
        next unless vec $ready, fileno($pair->[0]), 1;
        sysread $pair->[0], my $bytes, 4096 or exit 0;
        syswrite $pair->[1], $bytes;
    }
}
`;

export async function openPty(): Promise<Pty> {
  const child = spawn('perl', ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [first] = (await once(child.stdout, 'data')) as [Buffer];
  child.stdin.on('error', () => undefined);
  return {
    path: first.toString().trim(),
    heard: child.stdout,
    say: child.stdin,
    close: () => {
      child.kill('SIGKILL');
    },
  };
}
