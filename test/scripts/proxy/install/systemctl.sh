#!/bin/sh
# Stands in for systemd on a machine that has none: runs one unit with that unit's own capabilities, again whenever it ends.
state=/run/systemctl
mkdir -p $state
verb=$1
for unit; do :; done
file=/etc/systemd/system/$unit

field() { sed -n "s/^$1=//p" "$file"; }

stop() {
  [ -e $state/pid ] || return 0
  pid=$(cat $state/pid)
  # dash knows no `--` here
  kill -TERM "-$pid" 2>/dev/null
  while kill -0 "-$pid" 2>/dev/null; do sleep 0.05; done
  rm $state/pid
}

start() {
  echo 0 >$state/restarts
  command=$(field ExecStart)
  capabilities=$(field CapabilityBoundingSet | tr 'A-Z ' 'a-z,' | sed 's/cap_/+/g')
  # shellcheck disable=SC2016,SC2086
  setsid sh -c 'state=$1; shift
    while :; do
      "$@" >>$state/journal 2>&1
      echo $(($(cat $state/restarts) + 1)) >$state/restarts
      sleep 0.2
    done' sh $state setpriv --bounding-set="-all,$capabilities" --no-new-privs -- $command </dev/null >/dev/null 2>&1 &
  echo $! >$state/pid
}

case "$verb" in
  daemon-reload | reset-failed) ;;
  enable) [ -e "$file" ] && echo "$unit" >$state/enabled ;;
  disable) rm -f $state/enabled; stop ;;
  restart) stop; start ;;
  is-active) if [ -e $state/pid ]; then echo active; else echo inactive; exit 3; fi ;;
  show) echo "NRestarts=$(cat $state/restarts)" ;;
  *) echo "no such verb: $*" >&2; exit 1 ;;
esac
