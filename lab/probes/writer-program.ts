/**
 * The writer that runs on a client, in Perl because every platform of the articles has it. Arguments: client, file, interval
 * in ms, lifetime in s. Operation n is due at start + n * interval whatever became of the ones before; what it could not
 * start in time it starts as soon as it can; its record is made before it is due. An operation appends one record (format: lab/ledger.ts), calls fsync, and only
 * then counts. It prints one line per operation (format: parseSample) and ends when its standard input does.
 */
export const writerProgram = `
use strict; use warnings;
use Fcntl; use Errno; use IO::Handle;
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
my ($client, $path, $interval, $lifetime) = @ARGV;
$| = 1;
my @table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0xEDB88320 : $c >> 1 for 1 .. 8; $c } 0 .. 255;
sub crc { my $c = 0xFFFFFFFF; $c = $table[($c ^ $_) & 255] ^ ($c >> 8) for unpack 'C*', $_[0]; sprintf '%08x', $c ^ 0xFFFFFFFF }
my %name;
for my $n (sort keys %!) { no strict 'refs'; my $v = &{"Errno::$n"}(); $name{$v} = $n unless exists $name{$v} }
sub now { clock_gettime(CLOCK_MONOTONIC) * 1e3 }
my $file;
sub write_record {
  my ($record) = @_;
  unless ($file) { sysopen $file, $path, O_WRONLY | O_CREAT | O_APPEND, 0644 or do { undef $file; return $! + 0 } }
  my $written = syswrite $file, $record;
  return $! + 0 unless defined $written;
  return Errno::ENOSPC() if $written != length $record;
  $file->sync or return $! + 0;
  return 0;
}
my $begin = now();
for (my $n = 0; now() - $begin < $lifetime * 1e3; $n++) {
  my $due = $begin + $n * $interval;
  my $sequence = sprintf '%010d', $n;
  my $unit = "$client:$sequence;";
  my $payload = substr $unit x 8, 0, 128 - length "lab1 $client $sequence 01234567 \\n";
  my $record = "lab1 $client $sequence " . crc($payload) . " $payload\\n";
  while (1) {
    my $wait = ($due - now()) / 1e3;
    my $ready = ''; vec($ready, 0, 1) = 1;
    if (select $ready, undef, undef, $wait > 0 ? $wait : 0) { sysread STDIN, my $ignored, 4096 or exit 0 }
    last if now() >= $due;
  }
  my $start = now();
  my $errno = write_record($record);
  my $end = now();
  if ($errno and $file) { close $file; undef $file }
  printf "S %d %.3f %.3f %.3f %s\\n", $n, $due, $start, $end, $errno ? $name{$errno} || 'E' . $errno : '-' or exit 0;
}
`;
