# Starts one container and outlives the node agent: keeps both ends of the container's pipes open, so that its output
# waits for the next agent, and writes its exit code down. usage: shim.sh FOLDER RUN IO INIT [ARGUMENT...]
# Environment: BUSYBOX, UNSHARE, PRIVILEGED. IO: tty (terminal inherited), stdin (from FOLDER/in), or closed.
dir=$1 run=$2 io=$3
shift 3
exec 8<>"$dir/events"
start() { "$UNSHARE" --pid --mount --fork --kill-child --propagation private -- "$BUSYBOX" sh "$@"; }
if [ "$io" = tty ]; then
  trap '' HUP
  start "$@"
  code=$?
else
  exec 6<>"$dir/out" 7<>"$dir/err"
  if [ "$io" = stdin ]; then
    start "$@" <"$dir/in" >&6 2>&7 6>&- 7>&-
  else
    start "$@" </dev/null >&6 2>&7 6>&- 7>&-
  fi
  code=$?
fi
echo "$code" >"$dir/exit.new" && mv "$dir/exit.new" "$dir/exit"
if [ "$io" != tty ]; then
  printf '\0end %s\n' "$run" >&6
  printf '\0end %s\n' "$run" >&7
fi
echo "exited $run $code" >&8
