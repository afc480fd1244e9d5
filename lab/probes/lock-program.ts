import { writerPrelude } from './writer-program.ts';

/**
 * Locks of fcntl(2) on the whole file at the path. struct flock is that of 64-bit Linux: two shorts, 4 bytes of padding, two
 * 64-bit offsets, a process id and padding.
 */
const locking = `${writerPrelude}
sub lock_of { pack 's s x4 q q l x4', $_[0], 0, 0, 0, 0 }
my $heard = '';
sub line_within {
  my ($seconds) = @_;
  my $until = now() + $seconds * 1e3;
  while (1) {
    return $1 if $heard =~ s/^(.*)\\n//;
    my $wait = ($until - now()) / 1e3;
    return undef if $wait <= 0;
    my $ready = ''; vec($ready, 0, 1) = 1;
    if (select($ready, undef, undef, $wait) > 0) {
      sysread STDIN, $heard, 4096, length $heard or exit 0;
    }
  }
}
`;

/**
 * Takes the lock, waiting while it is not to be had, holds it, and gives it back when it is told so. The arguments are those of a writer. Prints
 * `M <options of the mount>`, `H <start> <end> <errno or ->` and `R <start> <end> <errno or ->`, milliseconds of the
 * monotonic clock.
 */
export const lockHolderProgram = `${locking}
sub tell_lock { my ($what, $start, $errno) = @_; printf "%s %.3f %.3f %s\\n", $what, $start, now(), $errno ? errno_name($errno) : '-' or exit 0 }
my ($point, $options) = ('', '');
if (open my $mounts, '<', '/proc/mounts') {
  while (<$mounts>) {
    my (undef, $directory, $type, $given) = split ' ';
    next unless $type =~ /^nfs4?$/ and index($path, "$directory/") == 0 and length $directory > length $point;
    ($point, $options) = ($directory, $given);
  }
}
print "M $options\\n";
my $start = now();
my $errno = 0;
sysopen my $file, $path, O_RDWR | O_CREAT, 0644 or $errno = $! + 0;
$errno or fcntl $file, F_SETLKW, lock_of(F_WRLCK) or $errno = $! + 0;
tell_lock('H', $start, $errno);
exit 0 if $errno;
while (1) {
  defined line_within(60) or next;
  $start = now();
  $errno = fcntl($file, F_SETLK, lock_of(F_UNLCK)) ? 0 : $! + 0;
  tell_lock('R', $start, $errno);
}
`;

/**
 * Tries to get the lock every interval, and at once when it is told to; what it gets it gives back. Asks first who has it
 * (F_GETLK); where that contradicts the refusal, the try is disputed. Prints `T <start> <end> <refused, granted, disputed or errno>`.
 */
export const lockContenderProgram = `${locking}
sub try_lock {
  sysopen my $file, $path, O_RDWR or return errno_name($!);
  my $lock = lock_of(F_WRLCK);
  fcntl $file, F_GETLK, $lock or return errno_name($!);
  my $free = unpack('s', $lock) == F_UNLCK;
  fcntl $file, F_SETLK, lock_of(F_WRLCK) or return !($!{EAGAIN} || $!{EACCES}) ? errno_name($!) : $free ? 'disputed' : 'refused';
  fcntl $file, F_SETLK, lock_of(F_UNLCK);
  return 'granted';
}
while (1) {
  my $start = now();
  my $result = try_lock();
  printf "T %.3f %.3f %s\\n", $start, now(), $result or exit 0;
  line_within($interval / 1e3);
}
`;
