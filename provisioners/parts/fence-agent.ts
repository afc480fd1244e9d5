import { fenceDevice } from '../../lab/fencing.ts';

export const fenceAgentPath = '/usr/sbin/fence_lab';

/** Longer than the host takes to reset a machine and to prove it. */
const timeoutSeconds = 30;

/**
 * A fence agent (ClusterLabs, FenceAgentAPI.md): options on standard input, or as arguments when typed; status 0 is done or on, 2 is
 * off, 1 is an error. It asks over the port that leads to the host; the protocol is that of lab/fabric/fence-request.ts. Perl, since
 * every system of the articles has it.
 */
export const fenceAgent = `#!/usr/bin/perl
# Has the host of a lab power a server off and on, over a port of its own. Not of the article.
use strict;
use warnings;
use Fcntl qw(O_RDWR);
use Time::HiRes qw(sleep);

my %option = (action => 'reboot', device => '${fenceDevice}', timeout => ${String(timeoutSeconds)});
my %long = (o => 'action', n => 'port', d => 'device', t => 'timeout');

sub fail {
    my ($why) = @_;
    print STDERR "fence_lab: $why\\n";
    exit 1;
}

if (@ARGV) {
    while (defined(my $word = shift @ARGV)) {
        if    ($word =~ /^--([a-z]+)=(.*)$/s)     { $option{$1} = $2 }
        elsif ($word =~ /^-([ondt])$/ and @ARGV) { $option{$long{$1}} = shift @ARGV }
        else                                      { fail("what is $word?") }
    }
}
else {
    while (my $line = <STDIN>) {
        $option{$1} = $2 if $line =~ /^\\s*([A-Za-z_][A-Za-z0-9_-]*)\\s*=\\s*(.*?)\\s*$/;
    }
}
fail("timeout=$option{timeout} is no number of seconds") unless $option{timeout} =~ /^[1-9][0-9]{0,3}$/;

# Sends one request and returns what the host says to it. Answers with another id are those of an agent that did not wait.
sub ask {
    my ($request) = @_;
    $SIG{ALRM} = sub { fail("no answer from the host within $option{timeout} s") };
    alarm $option{timeout};
    my $port;
    until (sysopen $port, $option{device}, O_RDWR) {
        fail("$option{device}: $!") unless $!{EBUSY};
        sleep 0.1;
    }
    my $id = join '', map { ('a' .. 'z', 0 .. 9)[rand 36] } 1 .. 16;
    # The empty line ends what an agent before this one may have left half written.
    my $line = "\\n$id $request\\n";
    while ($line ne '') {
        my $written = syswrite $port, $line;
        fail("$option{device}: $!") unless defined $written;
        substr($line, 0, $written) = '';
    }
    my $heard = '';
    while (1) {
        while ($heard =~ s/^(.*?)\\r?\\n//) {
            my ($for, $verdict, $text) = split / /, $1, 3;
            next unless defined $text and $for eq $id;
            fail("the host says: $text") unless $verdict eq 'ok';
            alarm 0;
            return $text;
        }
        fail('the host does not stop talking') if length $heard > 65536;
        my $read = sysread $port, $heard, 4096, length $heard;
        fail("$option{device}: $!") unless defined $read;
        fail('nobody at the host is on the port') if $read == 0;
    }
}

my $action = $option{action};
if ($action eq 'metadata') {
    local $/;
    print <DATA>;
    exit 0;
}
if ($action eq 'monitor' or $action eq 'list') {
    my $names = ask('list');
    print map { "$_,\\n" } split / /, $names if $action eq 'list';
    exit 0;
}
fail("there is no action $action") unless $action =~ /^(?:on|off|reboot|status)$/;
my $node = $option{port} // $option{plug} // $option{nodename};
fail("$action of which server? port= names it") unless defined $node and $node =~ /^[a-z0-9-]+$/;
my $state = ask("$action $node");
fail("$node is $state") if $action =~ /^(?:on|off)$/ and $state ne $action;
exit($action eq 'status' && $state eq 'off' ? 2 : 0);

__DATA__
<?xml version="1.0" ?>
<resource-agent name="fence_lab" shortdesc="Fence agent for the servers of a lab">
  <longdesc>Has the host that runs the lab power a server off and on. It asks over a virtio-serial port, so no network is needed.</longdesc>
  <vendor-url></vendor-url>
  <parameters>
    <parameter name="action" unique="0" required="1">
      <getopt mixed="-o [action]" />
      <content type="string" default="reboot" />
      <shortdesc lang="en">What to do</shortdesc>
    </parameter>
    <parameter name="port" unique="0" required="1">
      <getopt mixed="-n [server]" />
      <content type="string" />
      <shortdesc lang="en">Name of the server</shortdesc>
    </parameter>
    <parameter name="device" unique="0" required="0">
      <getopt mixed="-d [device]" />
      <content type="string" default="${fenceDevice}" />
      <shortdesc lang="en">The port that leads to the host</shortdesc>
    </parameter>
    <parameter name="timeout" unique="0" required="0">
      <getopt mixed="-t [seconds]" />
      <content type="second" default="${String(timeoutSeconds)}" />
      <shortdesc lang="en">How long to wait for the host</shortdesc>
    </parameter>
  </parameters>
  <actions>
    <action name="on" automatic="0" />
    <action name="off" />
    <action name="reboot" />
    <action name="status" />
    <action name="list" />
    <action name="monitor" />
    <action name="metadata" />
  </actions>
</resource-agent>
`;
