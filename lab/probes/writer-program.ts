/**
 * What every writer on a client begins with, in Perl because every platform of the articles has it. Arguments: client, path,
 * interval in ms, lifetime in s, number of the first operation (0, or where a writer that a boot ended left off), then what the
 * writer wants besides. Operation n is due at $begin + ($n - $first) * $interval. It gives:
 * `record($n)` (format: lab/ledger.ts), `now()` in ms, `errno_name($number)`, `heard()` which ends the program when its
 * standard input ended, and `tell($n, $due, $start, $end, $error)`, one line per operation (format: parseSample), '' meaning
 * acknowledged.
 */
export const writerPrelude = `
use strict; use warnings;
use Fcntl; use Errno; use IO::Handle;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
my ($client, $path, $interval, $lifetime, $first, @further) = @ARGV;
$| = 1;
my @table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0xEDB88320 : $c >> 1 for 1 .. 8; $c } 0 .. 255;
sub crc { my $c = 0xFFFFFFFF; $c = $table[($c ^ $_) & 255] ^ ($c >> 8) for unpack 'C*', $_[0]; sprintf '%08x', $c ^ 0xFFFFFFFF }
my %name;
for my $n (sort keys %!) { no strict 'refs'; my $v = &{"Errno::$n"}(); $name{$v} = $n unless exists $name{$v} }
sub now { clock_gettime(CLOCK_MONOTONIC) * 1e3 }
sub errno_name { $name{$_[0] + 0} || 'E' . ($_[0] + 0) }
sub record {
  my $sequence = sprintf '%010d', $_[0];
  my $unit = "$client:$sequence;";
  my $payload = substr $unit x 8, 0, 128 - length "lab1 $client $sequence 01234567 \\n";
  return "lab1 $client $sequence " . crc($payload) . " $payload\\n";
}
sub heard { sysread STDIN, my $ignored, 4096 or exit 0 }
sub tell_of {
  my ($n, $due, $start, $end, $error) = @_;
  printf "S %d %.3f %.3f %.3f %s\\n", $n, $due, $start, $end, $error eq '' ? '-' : $error or exit 0;
}
my $begin = now();
`;

/**
 * Calls `operate($n, $record)` for one operation after the other, as a program that waits for its disk; it returns an errno, 0 for
 * an acknowledgement. What could not start in time starts as soon as it can; its record is made before it is due. After an error
 * the file in $file is closed.
 */
export const oneAfterAnother = `
for (my $n = $first; now() - $begin < $lifetime * 1e3; $n++) {
  my $due = $begin + ($n - $first) * $interval;
  my $record = record($n);
  while (1) {
    my $wait = ($due - now()) / 1e3;
    my $ready = ''; vec($ready, 0, 1) = 1;
    if (select $ready, undef, undef, $wait > 0 ? $wait : 0) { heard() }
    last if now() >= $due;
  }
  my $start = now();
  my $errno = operate($n, $record);
  my $end = now();
  if ($errno and $file) { close $file; undef $file }
  tell_of($n, $due, $start, $end, $errno ? errno_name($errno) : '');
}
`;

/** Appends each record to the file at the path and calls fsync. After an error the file is opened anew. */
export const writerProgram = `${writerPrelude}
my $file;
sub operate {
  my ($n, $record) = @_;
  unless ($file) { sysopen $file, $path, O_WRONLY | O_CREAT | O_APPEND, 0644 or do { undef $file; return $! + 0 } }
  my $written = syswrite $file, $record;
  return $! + 0 unless defined $written;
  return Errno::ENOSPC() if $written != length $record;
  $file->sync or return $! + 0;
  return 0;
}
${oneAfterAnother}`;
