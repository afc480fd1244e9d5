import { writerPrelude } from './writer-program.ts';

/**
 * Puts record n at offset 128 n of the file at the path: PUT with Content-Range (RFC 9110, 14.5; mod_dav of Apache takes it).
 * Each request has a connection of its own and starts when it is due, however many are still under way, as visitors do; an
 * operation ends by ETIMEDOUT when its time is over. A status of 2xx acknowledges; another one is the error HTTP<status>. Every
 * so many operations the record is read back with GET at once, and only if it comes back as it was put is the operation
 * acknowledged: EBADMSG where another body came. A connection that ends before the answer does is ECONNRESET.
 * Further arguments: IPv4 address, port, longest time of an operation in ms, every how many operations to read (0: never).
 */
export const httpWriterProgram = `${writerPrelude}
use Socket;
my ($address, $port, $timeout, $read_every) = @further;
my $server = pack_sockaddr_in($port, inet_aton($address));
$SIG{PIPE} = 'IGNORE';
my %open;
sub finish {
  my ($op, $error) = @_;
  delete $open{$op->{n}};
  close $op->{socket} if $op->{socket};
  tell_of($op->{n}, $op->{due}, $op->{start}, now(), $error);
}
sub send_request {
  my ($op, $head, $body) = @_;
  $op->{out} = "$head\\r\\nHost: $address\\r\\nUser-Agent: lab\\r\\nConnection: close\\r\\n\\r\\n$body";
  $op->{in} = '';
  close $op->{socket} if $op->{socket};
  delete $op->{socket};
  socket my $socket, PF_INET, SOCK_STREAM, 0 or return finish($op, errno_name($!));
  $op->{socket} = $socket;
  fcntl $socket, F_SETFL, O_NONBLOCK or return finish($op, errno_name($!));
  $op->{connecting} = 1;
  connect $socket, $server or $!{EINPROGRESS} or finish($op, errno_name($!));
}
sub due_of { $begin + ($_[0] - $first) * $interval }
sub begin_put {
  my ($n) = @_;
  my $op = { n => $n, due => due_of($n), start => now(), record => record($n), method => 'PUT' };
  my $length = length $op->{record};
  $op->{until} = $op->{start} + $timeout;
  $op->{range} = $n * $length . '-' . (($n + 1) * $length - 1);
  $open{$n} = $op;
  send_request($op, "PUT $path HTTP/1.1\\r\\nContent-Range: bytes $op->{range}/*\\r\\nContent-Length: $length", $op->{record});
}
sub answered {
  my ($op, $status, $body) = @_;
  if ($op->{method} eq 'GET') {
    return finish($op, "HTTP$status") if $status != 206;
    return finish($op, $body eq $op->{record} ? '' : 'EBADMSG');
  }
  return finish($op, "HTTP$status") if $status < 200 or $status > 299;
  return finish($op, '') if $read_every == 0 or $op->{n} % $read_every;
  $op->{method} = 'GET';
  send_request($op, "GET $path HTTP/1.1\\r\\nRange: bytes=$op->{range}", '');
}
sub write_on {
  my ($op) = @_;
  if (delete $op->{connecting}) {
    my $failed = unpack 'i', getsockopt $op->{socket}, SOL_SOCKET, SO_ERROR;
    return finish($op, errno_name($failed)) if $failed;
  }
  my $sent = syswrite $op->{socket}, $op->{out};
  if (defined $sent) { substr $op->{out}, 0, $sent, '' }
  elsif (!$!{EAGAIN} and !$!{EINTR}) { finish($op, errno_name($!)) }
}
sub read_on {
  my ($op) = @_;
  my $got = sysread $op->{socket}, $op->{in}, 65536, length $op->{in};
  return $!{EAGAIN} || $!{EINTR} ? undef : finish($op, errno_name($!)) unless defined $got;
  if ($op->{in} =~ m{^HTTP/1\\.[01] (\\d{3})(.*?)\\r\\n\\r\\n(.*)}s) {
    my ($status, $header, $body) = ($1, $2, $3);
    my ($length) = $status == 204 ? 0 : $header =~ /\\r\\nContent-Length: *(\\d+)/i;
    return answered($op, $status, $body) if defined $length ? length $body >= $length : $got == 0;
  }
  finish($op, 'ECONNRESET') if $got == 0;
}
for (my $n = $first; now() - $begin < $lifetime * 1e3; ) {
  if (now() >= due_of($n)) { begin_put($n++); next }
  my ($reading, $writing, $next) = ('', '', due_of($n));
  vec($reading, 0, 1) = 1;
  for my $op (values %open) {
    if (length $op->{out}) { vec($writing, fileno $op->{socket}, 1) = 1 } else { vec($reading, fileno $op->{socket}, 1) = 1 }
    $next = $op->{until} if $op->{until} < $next;
  }
  my $wait = ($next - now()) / 1e3;
  if (select($reading, $writing, undef, $wait > 0 ? $wait : 0) > 0) {
    heard() if vec($reading, 0, 1);
    for my $op (values %open) {
      my $fd = fileno $op->{socket};
      if (vec($writing, $fd, 1)) { write_on($op) } elsif (vec($reading, $fd, 1)) { read_on($op) }
    }
  }
  for my $op (values %open) { finish($op, 'ETIMEDOUT') if now() >= $op->{until} }
}
`;
