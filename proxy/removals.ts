/**
 * A program for Perl, which Node.js needs as a door to netlink (its sockets are TCP, UDP and Unix ones): prints one line for each object
 * of ours that the kernel removed from nftables, and one when it told more than could be read. `nft monitor` says the same, but keeps a
 * copy of every element of the kernel for it, 50 MB at ten thousand Services, and works as long as the first sync does.
 *
 * Numbers: AF_NETLINK 16, NETLINK_NETFILTER 12, group NFNLGRP_NFTABLES 7, subsystem NFNL_SUBSYS_NFTABLES 10 and its NFT_MSG_DEL* messages
 * (linux/netlink.h, linux/netfilter/nfnetlink.h, linux/netfilter/nf_tables.h); SO_RCVBUFFORCE 33; ENOBUFS 105.
 */
export const removalsInPerl = String.raw`
use strict; use Socket; $| = 1;
socket(my $s, 16, SOCK_RAW, 12) or exit 1;
setsockopt($s, SOL_SOCKET, 33, 8 << 20) or setsockopt($s, SOL_SOCKET, SO_RCVBUF, 8 << 20);
bind($s, pack('SSLL', 16, 0, 0, 1 << 6)) or exit 1;
my %gone = map { (10 << 8 | $_) => 1 } 2, 5, 8, 11, 14, 20;
my $sets = 10 << 8 | 11;
for (;;) {
  my $told;
  if (!defined recv($s, $told, 1 << 17, 0)) { $! == 105 or exit 1; print "lost\n"; next }
  for (my $at = 0; $at + 16 <= length $told;) {
    my ($size, $type) = unpack("\@$at LS", $told);
    my $message = $gone{$type} ? substr($told, $at, $size) : '';
    print "removed\n" if $message =~ /workshop-proxy|KUBE-/ && !($type == $sets && $message =~ /__(set|map)\d/);
    $at += $size + 3 & ~3 || last;
  }
}
`;
