/**
 * What listens on a NIC of a client, in Perl around tcpdump. Arguments: NIC, filter expression, addresses to ping once a
 * second. It prints
 *
 *     ready                       from here on nothing is missed
 *     SECONDS.NANOSECONDS HEX     a frame, by the wall clock, and its first 128 bytes
 *     dropped N                   at the end: frames that the kernel had no room for
 *     failed TEXT                 tcpdump's last words when it ended by itself
 *
 * and ends when its standard input does. A frame that tells nothing new is left out: of those that are neither ARP nor a
 * TCP segment with SYN, FIN or RST, one in 200 ms for each sender, pair of addresses and, for TCP, direction of a connection
 * with and without payload. tcpdump stays out of promiscuous mode, so the NIC is as it was. The pings end after an hour and
 * are started again, so that none outlives a listener that was killed for long.
 */
export const captureProgram = String.raw`
use strict; use warnings; no warnings 'exec';
use POSIX ();
$ENV{PATH} = '/usr/sbin:/usr/bin:/sbin:/bin'; $ENV{LC_ALL} = 'C';
$| = 1;
my ($nic, $filter, @peers) = @ARGV;
my ($snapshot, $quietSeconds, $maxKeys) = (128, 0.2, 65536);

sub start {
  my ($out, $err, @command) = @_;
  my $pid = fork // die "fork: $!\n";
  return $pid if $pid;
  $SIG{$_} = 'DEFAULT' for qw(TERM HUP INT PIPE);
  open STDIN, '<', '/dev/null';
  open STDOUT, $out ? '>&' : '>', $out || '/dev/null';
  open STDERR, $err ? '>&' : '>', $err || '/dev/null';
  exec { $command[0] } @command;
  print STDERR "there is no $command[0]\n";
  POSIX::_exit(127);
}
pipe my $frames, my $framesIn or die;
pipe my $words, my $wordsIn or die;
my $tcpdump = start($framesIn, $wordsIn, 'tcpdump', '-n', '-p', '-U', '--immediate-mode', '--time-stamp-precision=nano',
  '-B', '4096', '-s', $snapshot, '-i', $nic, '-w', '-', $filter);
close $framesIn; close $wordsIn;
my %pings = map { $_ => 0 } @peers;
my $over = 0;
$SIG{$_} = sub { $over = 1 } for qw(TERM HUP INT PIPE);

sub ping {
  for my $peer (@peers) {
    next if $pings{$peer} && waitpid($pings{$peer}, POSIX::WNOHANG()) == 0;
    $pings{$peer} = start(undef, undef, 'ping', '-n', '-q', '-i', '1', '-w', '3600', $peer);
  }
}

my %told;
sub wanted {
  my ($frame, $at) = @_;
  my $type = unpack 'n', substr $frame, 12, 2;
  return 1 if $type == 0x0806;
  my $key = substr $frame, 6, 6;
  if ($type == 0x0800 && length $frame >= 34) {
    my $words = (ord(substr $frame, 14, 1) & 15) * 4;
    my $tcp = 14 + $words;
    $key .= substr $frame, 26, 8;
    if (ord(substr $frame, 23, 1) == 6 && length $frame >= $tcp + 20) {
      my $ports = substr $frame, $tcp, 4;
      my $payload = unpack('n', substr $frame, 16, 2) - $words - (ord(substr $frame, $tcp + 12, 1) >> 4) * 4;
      if (ord(substr $frame, $tcp + 13, 1) & 7) { delete @told{ $key . $ports . 0, $key . $ports . 1 }; return 1 }
      $key .= $ports . ($payload > 0 ? 1 : 0);
    }
  }
  return 0 if defined $told{$key} && $at - $told{$key} < $quietSeconds && $at >= $told{$key};
  %told = () if keys %told > $maxKeys;
  $told{$key} = $at;
  return 1;
}

my ($held, $begun, $perSecond, $said, $nextPing) = ('', 0, 1e9, '', 0);
sub frames {
  unless ($begun) {
    return if length $held < 24;
    my ($magic) = unpack 'L', $held;
    $perSecond = 1e6 if $magic == 0xa1b2c3d4;
    $begun = 1;
    $held = substr $held, 24;
  }
  my $from = 0;
  my $lines = '';
  while (length($held) - $from >= 16) {
    my ($seconds, $fraction, $kept) = unpack 'LLL', substr $held, $from, 16;
    last if length($held) - $from < 16 + $kept;
    my $frame = substr $held, $from + 16, $kept;
    $from += 16 + $kept;
    next if $kept < 14 || !wanted($frame, $seconds + $fraction / $perSecond);
    $lines .= sprintf "%d.%09d %s\n", $seconds, $fraction * 1e9 / $perSecond, unpack 'H*', $frame;
  }
  $held = substr $held, $from;
  print $lines if $lines ne '';
}

my ($ready, $asked) = (0, 0);
until ($asked) {
  if ($ready && time >= $nextPing) { ping(); $nextPing = time + 1 }
  my $watch = '';
  vec($watch, fileno $_, 1) = 1 for \*STDIN, $frames, $words;
  my $found = select $watch, undef, undef, 1;
  $asked = 1 if $over;
  next if $found <= 0;
  if (vec $watch, fileno STDIN, 1) { sysread STDIN, my $ignored, 4096 or $asked = 1 }
  if (vec $watch, fileno $words, 1) {
    sysread $words, $said, 4096, length $said or last;
    if (!$ready && $said =~ /listening on/) { $ready = 1; print "ready\n" }
  }
  if (vec $watch, fileno $frames, 1) { sysread $frames, $held, 65536, length $held or last; frames() }
}
kill 'TERM', $tcpdump, grep { $_ } values %pings;
$SIG{ALRM} = sub { kill 'KILL', $tcpdump; exit 1 };
alarm 3;
while (sysread $frames, $held, 65536, length $held) { frames() }
while (sysread $words, $said, 4096, length $said) { }
print "dropped $1\n" if $said =~ /(\d+) packets? dropped by kernel/ && $1 > 0;
$said =~ s/\s+/ /g;
print "failed $said\n" unless $asked;
exit($asked ? 0 : 1);
`;
