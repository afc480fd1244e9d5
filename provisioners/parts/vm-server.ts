/**
 * A web server of one process for a small virtual machine, in Perl because the node that makes its disk has it. Arguments:
 * port, folder of the pages, path below it that takes uploads, a program that brings the network up. That is run when the server
 * listens: what clients send to a machine that boots would only keep it from booting.
 *
 * PUT stores a whole file, or with Content-Range (RFC 9110, 14.5) the bytes of that range. Its answer leaves when the file is
 * synced, and for a new one the folder: once for all requests that came in meanwhile, so that many writers share the price of
 * one. A file that takes ranges grows by 64 KiB of zeroes at a time: fdatasync (system call 75 of x86-64) then writes the blocks that
 * changed and leaves the journal alone. GET takes a range as well (206). It prints `vm: serving` when the network is up.
 */
export const vmServerProgram = `#!/usr/bin/perl
use strict; use warnings;
use Fcntl; use Socket; use IO::Handle;
my ($port, $root, $uploads, $network) = @ARGV;
my ($most, $largest, $step) = (1 << 20, 1 << 22, 1 << 16);
$| = 1;
$SIG{PIPE} = 'IGNORE';
socket my $listener, PF_INET, SOCK_STREAM, 0 or die "socket: $!\\n";
setsockopt $listener, SOL_SOCKET, SO_REUSEADDR, 1 or die "SO_REUSEADDR: $!\\n";
bind $listener, pack_sockaddr_in($port, INADDR_ANY) or die "bind to port $port: $!\\n";
listen $listener, SOMAXCONN or die "listen: $!\\n";
fcntl $listener, F_SETFL, O_NONBLOCK or die "fcntl: $!\\n";
system $network and die "$network ended with status $?\\n";
print "vm: serving\\n";
my (%connection, %file, %dirty, @stored);
sub answer {
  my ($c, $status, $body, $reason) = @_;
  $body = '' unless defined $body;
  $c->{out} = "HTTP/1.1 $status\\r\\nContent-Length: " . length($body) . "\\r\\nConnection: close\\r\\n\\r\\n$body";
}
sub file_at {
  my ($path) = @_;
  return $file{$path} if $file{$path};
  my $new = not -e "$root$path";
  sysopen my $opened, "$root$path", O_RDWR | O_CREAT, 0644 or return;
  if ($new) {
    sysopen my $folder, "$root$uploads", O_RDONLY or return;
    $folder->sync or return;
  }
  return $file{$path} = $opened;
}
sub store {
  my ($opened, $from, $bytes) = @_;
  sysseek $opened, $from, 0 or return;
  my $written = syswrite $opened, $bytes;
  return defined $written && $written == length $bytes;
}
sub put {
  my ($c, $path, $head, $body) = @_;
  return answer($c, '403 Forbidden') unless $path =~ m{^\\Q$uploads\\E/[\\w-][\\w.-]*\\z};
  my ($from, $to) = $head =~ m{\\r\\nContent-Range: *bytes (\\d+)-(\\d+)/}i;
  return answer($c, '400 Bad Request') if defined $from and ($to - $from + 1 != length $body or $to >= $largest);
  my $opened = file_at($path) or return answer($c, '500 Internal Server Error');
  my $size = -s $opened;
  my $ready = defined $from ? $to < $size || store($opened, $size, "\\0" x ($step * (1 + int $to / $step) - $size)) : truncate $opened, 0;
  $dirty{$path} = $opened;
  return answer($c, '507 Insufficient Storage') unless $ready and store($opened, $from || 0, $body);
  push @stored, $c;
}
sub sync_all {
  my $failed;
  for my $opened (values %dirty) { syscall(75, fileno $opened) == 0 or $opened->sync or $failed = $! }
  print "vm: a write could not be synced: $failed\\n" if $failed;
  answer($_, $failed ? '500 Internal Server Error' : '201 Created') for @stored;
  %dirty = ();
  @stored = ();
}
sub get {
  my ($c, $path, $head) = @_;
  return answer($c, '403 Forbidden') unless $path =~ m{^(?:/[\\w-][\\w.-]*)+\\z};
  sysopen my $opened, "$root$path", O_RDONLY or return answer($c, '404 Not Found');
  my $size = -s $opened;
  my ($from, $to) = $head =~ m{\\r\\nRange: *bytes=(\\d+)-(\\d+)}i;
  return answer($c, '416 Range Not Satisfiable') if defined $from and ($from > $to or $from >= $size);
  my $body = '';
  sysseek $opened, $from || 0, 0;
  my $wanted = defined $from ? $to - $from + 1 : $size;
  while (length $body < $wanted) { last unless sysread $opened, $body, $wanted - length $body, length $body }
  answer($c, defined $from ? '206 Partial Content' : '200 OK', $body);
}
sub request {
  my ($c) = @_;
  my ($head, $body) = split /\\r\\n\\r\\n/, $c->{in}, 2;
  return length $c->{in} > $most ? answer($c, '431 Request Header Fields Too Large') : undef unless defined $body;
  my ($length) = $head =~ /\\r\\nContent-Length: *(\\d+)/i;
  return answer($c, '413 Content Too Large') if $length and $length > $most;
  return if length $body < ($length || 0);
  my ($method, $path) = $head =~ m{^([A-Z]+) (/\\S*) HTTP/1\\.[01]\\r?\\n?} or return answer($c, '400 Bad Request');
  return put($c, $path, $head, $body) if $method eq 'PUT';
  return get($c, $path, $head) if $method eq 'GET';
  answer($c, '405 Method Not Allowed');
}
sub hang_up { my ($c) = @_; delete $connection{fileno $c->{socket}}; close $c->{socket} }
sub read_on {
  my ($c) = @_;
  my $got = sysread $c->{socket}, $c->{in}, 65536, length $c->{in};
  return $!{EAGAIN} || $!{EINTR} ? undef : hang_up($c) unless defined $got;
  return hang_up($c) if $got == 0;
  request($c);
}
sub write_on {
  my ($c) = @_;
  my $sent = syswrite $c->{socket}, $c->{out};
  return $!{EAGAIN} || $!{EINTR} ? undef : hang_up($c) unless defined $sent;
  substr $c->{out}, 0, $sent, '';
  hang_up($c) unless length $c->{out};
}
while (1) {
  my ($reading, $writing) = ('', '');
  vec($reading, fileno $listener, 1) = 1;
  for my $c (values %connection) {
    if (length $c->{out}) { vec($writing, fileno $c->{socket}, 1) = 1 } else { vec($reading, fileno $c->{socket}, 1) = 1 }
  }
  next unless select($reading, $writing, undef, undef) > 0;
  my @ready = grep { my $fd = fileno $_->{socket}; vec($reading, $fd, 1) or vec($writing, $fd, 1) } values %connection;
  if (vec($reading, fileno $listener, 1)) {
    while (accept my $socket, $listener) {
      fcntl $socket, F_SETFL, O_NONBLOCK;
      push @ready, $connection{fileno $socket} = { socket => $socket, in => '', out => '' };
    }
  }
  read_on($_) for grep { not length $_->{out} } @ready;
  sync_all() if @stored;
  write_on($_) for grep { length $_->{out} and $connection{fileno $_->{socket}} } @ready;
}
`;
