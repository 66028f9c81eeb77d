# SCTP's first two packets (RFC 9260, INIT and INIT ACK) by raw sockets: enough to see where a connection is led, on kernels without SCTP.
# usage: sctp.pl serve FAMILY PORT NAME | sctp.pl dial FAMILY ADDRESS PORT
use strict; use warnings;
use Socket qw(:all);

my @table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0x82f63b78 : $c >> 1 for 1 .. 8; $c } 0 .. 255;
sub crc32c { my $c = 0xffffffff; $c = $table[($c ^ $_) & 255] ^ ($c >> 8) for unpack 'C*', shift; return $c ^ 0xffffffff }

# From, to, verification tag, chunk type, initiate tag; 8 letters stand where a parameter may be.
sub packet {
  my ($from, $to, $vtag, $type, $tag, $name) = @_;
  my $chunk = pack('CCnNNnnN', $type, 0, 32, $tag, 65536, 1, 1, 1) . pack('nna8', 0x8008, 12, $name);
  my $sum = crc32c(pack('nnNN', $from, $to, $vtag, 0) . $chunk);
  return pack('nnN', $from, $to, $vtag) . pack('V', $sum) . $chunk;
}

my ($what, $family, $host, $port) = @ARGV;
my $six = $family eq 'IPv6';
my $af = $six ? AF_INET6 : AF_INET;
socket(my $socket, $af, SOCK_RAW, 132) or die "socket: $!";
sub at { my $ip = inet_pton($af, shift); return $six ? pack_sockaddr_in6(0, $ip) : pack_sockaddr_in(0, $ip) }
# A raw socket for IPv4 gives the IP header as well.
sub body { my $data = shift; return $six ? $data : substr($data, 4 * (ord($data) & 15)) }

if ($what eq 'serve') {
  my ($own, $name) = ($host, $port);
  while (defined(my $peer = recv($socket, my $data, 2048, 0))) {
    my ($from, $to, undef, undef, $type, undef, undef, $tag) = unpack 'nnNVCCnN', body($data);
    next unless $type == 1 && $to == $own;
    send($socket, packet($own, $from, $tag, 2, 7, $name), 0, $peer);
  }
} else {
  my $from = 20000 + $$ % 40000;
  connect($socket, at($host)) or die "connect: $!";
  $SIG{ALRM} = sub { print "silent\n"; exit };
  alarm 3;
  defined send($socket, packet($from, $port, 0, 1, $$, 'client'), 0) or do { print "refused\n"; exit };
  while (1) {
    defined recv($socket, my $data, 2048, 0) or do { print "refused\n"; exit };
    my ($source, $to, $vtag, undef, $type) = unpack 'nnNVC', body($data);
    next unless $type == 2 && $to == $from && $source == $port && $vtag == $$;
    my $name = substr body($data), 36, 8;
    $name =~ s/\0//g;
    print "$name\n";
    exit;
  }
}
