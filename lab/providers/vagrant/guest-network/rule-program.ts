/**
 * What keeps network rules in force inside a guest, in Perl, which every guest has. It is fed to `perl -` with one of
 *
 *     add KEY=VALUE...   puts the receiving half of a rule in force (keys: see ruleWords in rules.ts)
 *     remove ID          ends it; prints `removed` or `none`
 *     list               prints `ID MILLISECONDS-LEFT HITS RULE` for each, the rule as it was given
 *
 * All of it acts on frames that come in, behind the guest's own filters, in tables and devices of our own:
 *
 * - each rule has a table `lab_ID` of nftables, family netdev, whose ingress chains match the sender's MAC addresses, count,
 *   and drop when that is the effect;
 * - delay and rate lead the frames through a device `lab-NIC` (ifb) and back to the NIC behind its ingress hook. On that
 *   device is a class for each sender, for what its rules add up to: netem, then tbf. The table `lab_shape` picks the class.
 *
 * netem lets frames with jitter overtake each other unless it has a rate: then none leaves before the one before it
 * (netem_enqueue in net/sched/sch_netem.c), so it is given one that is too high to matter.
 *
 * A process of its own in the guest ends the rule when its time is over. What is in force is in /run/lab/network-rules, a
 * file for each rule; whoever changes it holds the lock there. What fails is told on stderr as `lab-missing PROGRAM` or
 * `lab-failed PART: TEXT`, and then nothing of the rule is left.
 */
export const ruleProgram = String.raw`
use strict; use warnings; no warnings 'exec';
use Fcntl qw(:flock); use POSIX ();
use Time::HiRes qw(clock_gettime CLOCK_MONOTONIC);
$ENV{PATH} = '/usr/sbin:/usr/bin:/sbin:/bin'; $ENV{LC_ALL} = 'C';
$SIG{HUP} = $SIG{PIPE} = 'IGNORE';
my $directory = '/run/lab/network-rules';
my %priority = (drop => 1000000, loss => 1000001, delay => 1000002, rate => 1000002, shape => 1000003);
my ($drainSeconds, $lockSeconds) = (5, 20);

sub now { int(clock_gettime(CLOCK_MONOTONIC) * 1000) }

sub run {
  my ($part, @command) = @_;
  my $pid = open(my $from, '-|');
  die "lab-failed fork: $!\n" unless defined $pid;
  unless ($pid) {
    open STDIN, '<', '/dev/null'; open STDERR, '>&', \*STDOUT;
    exec { $command[0] } @command;
    POSIX::_exit(127);
  }
  my $text = do { local $/; <$from> };
  close $from;
  return $text if $? == 0;
  die "lab-missing $command[0]\n" if $? >> 8 == 127;
  $text =~ s/\s+/ /g;
  die "lab-failed $part: @command: $text\n";
}
sub tolerate { my @command = @_; return eval { run('', @command) } }

sub nft {
  my ($part, $text) = @_;
  my $file = "$directory/.nft";
  open my $to, '>', $file or die "lab-failed $file: $!\n";
  print $to $text; close $to or die "lab-failed $file: $!\n";
  my $done = eval { run($part, 'nft', '-f', $file); 1 };
  my $why = $@;
  unlink $file;
  die $why unless $done;
}

sub save {
  my ($rule) = @_;
  my $file = "$directory/$rule->{id}";
  open my $to, '>', "$file.new" or die "lab-failed $file: $!\n";
  print $to join(' ', map { "$_=$rule->{$_}" } sort keys %$rule), "\n";
  close $to or die "lab-failed $file: $!\n";
  rename "$file.new", $file or die "lab-failed $file: $!\n";
}
sub load {
  my ($id) = @_;
  open my $from, '<', "$directory/$id" or return undef;
  my $line = <$from> // return undef;
  chomp $line;
  return { map { split /=/, $_, 2 } split / /, $line };
}
sub rules { opendir my $all, $directory or return (); return grep { $_ } map { load($_) } sort grep { /^r[0-9a-f]+$/ } readdir $all }

sub senders { my ($macs) = @_; return $macs eq '' ? '' : 'ether saddr { ' . join(', ', split /,/, $macs) . ' } ' }

sub chain {
  my ($nic, $priority, @lines) = @_;
  return "  chain $nic {\n    type filter hook ingress device \"$nic\" priority $priority; policy accept;\n"
    . join('', map { "    $_\n" } @lines) . "  }\n";
}

sub table {
  my ($rule) = @_;
  my $kind = $rule->{kind};
  # nft refuses a comparison that is always true.
  my $isShare = $kind eq 'loss' && $rule->{a} < 1000000;
  my $statement = $isShare ? "numgen random mod 1000000 < $rule->{a} counter drop" : $kind =~ /^(drop|loss)$/ ? 'counter drop' : 'counter';
  my @lines = $kind eq 'loss' && $rule->{a} == 0 ? () : senders($rule->{macs}) . $statement;
  my $chains = join '', map { chain($_, $priority{$kind}, @lines) } split /,/, $rule->{nics};
  nft($kind eq 'loss' ? 'nft_numgen' : 'nf_tables', "table netdev lab_$rule->{id} {\n$chains}\n");
}

# The frames that go through one class: all that came from one sender, or (sender 0) from any that has no class of its own.
sub paths {
  my %of;
  for my $rule (grep { $_->{kind} eq 'delay' || $_->{kind} eq 'rate' } rules()) {
    push @{ $of{$_} }, $rule for split /,/, $rule->{nics};
  }
  my %paths;
  for my $nic (keys %of) {
    my %macs = map { $_->{from} => $_->{macs} } @{ $of{$nic} };
    for my $sender (sort { $a <=> $b } keys %macs) {
      my $path = { sender => $sender, macs => $macs{$sender}, delay => 0, jitter => 0 };
      for my $rule (grep { $_->{from} == 0 || $_->{from} == $sender } @{ $of{$nic} }) {
        if ($rule->{kind} eq 'delay') { $path->{delays} = 1; $path->{delay} += $rule->{a}; $path->{jitter} += $rule->{b} }
        elsif (!defined $path->{rate} || $rule->{a} < $path->{rate}) { $path->{rate} = $rule->{a}; $path->{queue} = $rule->{b} }
      }
      push @{ $paths{$nic} }, $path;
    }
  }
  return %paths;
}

sub shape {
  my %paths = paths();
  for my $nic (sort keys %paths) {
    my $device = "lab-$nic";
    unless (-e "/sys/class/net/$device") {
      # Without it the module makes two devices of its own.
      tolerate('modprobe', 'ifb', 'numifbs=0');
      run('ifb', 'ip', 'link', 'add', $device, 'type', 'ifb');
      run('ifb', 'ip', 'link', 'set', $device, 'txqueuelen', '1000', 'up');
      run('sch_htb', 'tc', 'qdisc', 'add', 'dev', $device, 'root', 'handle', '1:', 'htb');
    }
    lay($device, mtu($nic), $_) for @{ $paths{$nic} };
  }
  my $chains = join '', map {
    my $nic = $_;
    my ($any, @named) = sort { $a->{sender} <=> $b->{sender} } @{ $paths{$nic} };
    if ($any->{sender} != 0) { unshift @named, $any; $any = undef }
    chain($nic, $priority{shape}, map { sprintf '%smeta priority set 1:%x fwd to "lab-%s"', senders($_->{macs}), class($_), $nic } @named, $any // ());
  } sort keys %paths;
  if ($chains ne '') { nft('nft_fwd_netdev', "table netdev lab_shape {}\ndelete table netdev lab_shape\ntable netdev lab_shape {\n$chains}\n") }
  else { tolerate('nft', 'delete', 'table', 'netdev', 'lab_shape') }
  for my $device (map { m{/(lab-eth\d+)$} ? $1 : () } glob '/sys/class/net/lab-eth*') {
    next if $paths{ substr $device, 4 };
    drain($device);
    run('ifb', 'ip', 'link', 'del', $device);
  }
}

sub class { return 16 + $_[0]{sender} }
sub mtu { my ($nic) = @_; open my $from, '<', "/sys/class/net/$nic/mtu" or die "lab-failed $nic: there is no such NIC\n"; return <$from> + 0 }

sub lay {
  my ($device, $mtu, $path) = @_;
  my $class = sprintf '1:%x', class($path);
  my ($held, $within, $alone) = map { sprintf '%x:', class($path) + $_ } 0, 0x100, 0x200;
  run('sch_htb', 'tc', 'class', 'replace', 'dev', $device, 'parent', '1:', 'classid', $class, 'htb', 'rate', '10gbit', 'quantum', '60000');
  my $parent = $class;
  if ($path->{delays}) {
    run('sch_netem', 'tc', 'qdisc', 'replace', 'dev', $device, 'parent', $class, 'handle', $held,
      'netem', 'limit', '100000', 'delay', "$path->{delay}us", "$path->{jitter}us", 'rate', '100gbit');
    $parent = $held . '1';
  }
  if (defined $path->{rate}) {
    my $burst = int($path->{rate} / 250);
    $burst = 2 * $mtu + 200 if $burst < 2 * $mtu + 200;
    my $limit = $path->{queue} < $mtu + 100 ? $mtu + 100 : $path->{queue};
    run('sch_tbf', 'tc', 'qdisc', 'replace', 'dev', $device, 'parent', $parent, 'handle', $path->{delays} ? $within : $alone,
      'tbf', 'rate', "$path->{rate}bps", 'burst', $burst, 'limit', $limit);
  }
  elsif ($path->{delays}) { tolerate('tc', 'qdisc', 'del', 'dev', $device, 'parent', $parent) }
}

# Frames that still wait leave in their time; what takes longer is lost.
sub drain {
  my ($device) = @_;
  my $until = now() + $drainSeconds * 1000;
  while (now() < $until) {
    my $seen = run('', 'tc', '-s', 'qdisc', 'show', 'dev', $device);
    return unless $seen =~ /backlog \S+ [1-9]/;
    select undef, undef, undef, 0.01;
  }
}

sub hits {
  my ($rule) = @_;
  my $text = tolerate('nft', 'list', 'table', 'netdev', "lab_$rule->{id}") // return undef;
  my $sum = 0;
  $sum += $1 while $text =~ /counter packets (\d+)/g;
  return $sum;
}

sub timer_of { my ($rule) = @_; my $pid = $rule->{timer} || return undef; open my $from, '<', "/proc/$pid/cmdline" or return undef; my $line = <$from> // ''; return $line =~ /^lab-network-rule $rule->{id}\b/ ? $pid : undef }

sub end {
  my ($rule) = @_;
  my $timer = timer_of($rule);
  kill 'TERM', $timer if defined $timer && $timer != $$;
  unlink "$directory/$rule->{id}";
  tolerate('nft', 'delete', 'table', 'netdev', "lab_$rule->{id}");
  shape() if $rule->{kind} eq 'delay' || $rule->{kind} eq 'rate';
}

my $lock;
sub lock_rules {
  POSIX::mkdir('/run/lab', 0755); POSIX::mkdir($directory, 0700);
  open $lock, '>>', "$directory/.lock" or die "lab-failed $directory: $!\n";
  local $SIG{ALRM} = sub { die "lab-failed lock: another change of the rules takes more than $lockSeconds s\n" };
  alarm $lockSeconds;
  flock $lock, LOCK_EX or die "lab-failed lock: $!\n";
  alarm 0;
}

# Its own process; all it holds of the caller's is closed, so that neither a lock nor a connection hangs on it.
sub start_timer {
  my ($rule) = @_;
  my $pid = fork // die "lab-failed fork: $!\n";
  return $pid if $pid;
  close $lock; POSIX::setsid(); chdir '/';
  open STDIN, '<', '/dev/null'; open STDOUT, '>', '/dev/null'; open STDERR, '>', '/dev/null';
  $0 = "lab-network-rule $rule->{id}";
  while ((my $left = $rule->{ends} - now()) > 0) { select undef, undef, undef, $left / 1000 }
  lock_rules();
  my $held = load($rule->{id});
  end($held) if $held;
  POSIX::_exit(0);
}

sub add {
  my $rule = { map { split /=/, $_, 2 } @_ };
  $rule->{ends} = now() + delete $rule->{ttl};
  die "lab-failed NIC: there is no $_\n" for grep { !-e "/sys/class/net/$_" } split /,/, $rule->{nics};
  save($rule);
  $rule->{timer} = start_timer($rule);
  save($rule);
  eval { table($rule); shape() if $rule->{kind} eq 'delay' || $rule->{kind} eq 'rate'; 1 } and return;
  my $why = $@;
  eval { end($rule) };
  die $why;
}

my ($verb, @words) = @ARGV;
eval {
  lock_rules();
  if ($verb eq 'add') { add(@words) }
  elsif ($verb eq 'remove') { my $rule = load($words[0]); my $was = $rule && defined hits($rule); end($rule) if $rule; print $was ? "removed\n" : "none\n" }
  elsif ($verb eq 'list') {
    for my $rule (rules()) {
      my $hits = hits($rule) // next;
      my $left = $rule->{ends} - now();
      print join(' ', $rule->{id}, $left > 0 ? $left : 0, $hits, $rule->{rule}), "\n";
    }
  }
  else { die "lab-failed verb: $verb\n" }
  1;
} or do { print STDERR $@; exit 3 };
exit 0;
`;
