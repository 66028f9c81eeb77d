# Prints what the installer has to know of this machine: a fact a line, its name and its value. Changes nothing.
# usage: facts.sh API_HOST API_PORT
say() { printf '%s %s\n' "$1" "$2"; }
say system "$(uname -s)"
say user "$(id -u)"
if [ -d /run/systemd/system ] && command -v systemctl >/dev/null; then say systemd yes; fi
PATH=$PATH:/usr/sbin:/sbin:/usr/local/bin
for program in node nft iptables ipvsadm ipset conntrack ip; do
  file=$(command -v "$program") && say "program:$program" "$file"
done
say node-version "$(node --version 2>/dev/null)"
say nft-version "$(nft --version 2>/dev/null | sed 's/^nftables v\([0-9.]*\).*/\1/')"

for comm in /proc/[0-9]*/comm; do
  read -r name 2>/dev/null <"$comm" || continue
  [ "$name" = kube-proxy ] && pid=${comm#/proc/} && say kube-proxy "${pid%/comm}"
done
nft list tables 2>/dev/null | while read -r _ family table; do
  case "$table" in kube-proxy) say kube-proxy-rules "the nft table $family $table" ;; esac
done
if command -v iptables-save >/dev/null && iptables-save -t nat 2>/dev/null | grep -q '^:KUBE-SERVICES '; then
  say kube-proxy-rules 'the chain KUBE-SERVICES of iptables'
fi
[ -e /sys/class/net/kube-ipvs0 ] && say kube-proxy-rules 'the interface kube-ipvs0'

sum() { [ -e "$2" ] && say "sum:$1" "$(sha256sum <"$2" | cut -d' ' -f1)"; }
sum program /usr/local/lib/workshop-proxy/proxy.mjs
sum unit /etc/systemd/system/workshop-proxy.service
[ -e /etc/workshop-proxy/config.yaml ] && say config "$(base64 -w0 /etc/workshop-proxy/config.yaml)"
[ -e /etc/workshop-proxy/kubeconfig ] && say credentials "$(head -n1 /etc/workshop-proxy/kubeconfig)"
[ "$(systemctl is-active workshop-proxy.service 2>/dev/null)" = active ] && say active yes

reach='const s = require("node:net").connect({ host: process.argv[1], port: Number(process.argv[2]), timeout: 5000 });
s.on("connect", () => process.exit(0)).on("error", (e) => { console.log(e.code); process.exit(1); });
s.on("timeout", () => { console.log("no answer"); process.exit(1); });'
if command -v node >/dev/null; then why=$(node -e "$reach" "$1" "$2") || say unreachable "${why:-no answer}"; fi
exit 0
