# First process of a container: builds its root from the image's layers and the mounts of FOLDER/mounts, then becomes the
# program. usage: init.sh FOLDER RUN WORKDIR PROGRAM SEARCHPATH COMMAND...
# COMMAND is what is executed; PROGRAM is looked for before, to tell a wrong command from a failing one.
dir=$1 run=$2 workdir=$3 program=$4 search=$5
shift 5
fail() {
  echo "failed $run $1" >&8
  exit 128
}
read -r pid rest </proc/self/stat
trap 'fail "could not build the root file system"' EXIT
set -e
mount -t tmpfs -o mode=755 tmpfs "$dir/root"
cd "$dir/root"
mkdir upper work merged
lower='' number=0
while IFS= read -r layer; do
  number=$((number + 1))
  mkdir "l$number"
  mount --bind "$layer" "l$number"
  lower="${lower:+$lower:}l$number"
done <"$dir/layers"
mount -t overlay -o "lowerdir=$lower,upperdir=upper,workdir=work" overlay merged
cd merged
mkdir -p dev proc sys tmp root
chmod 1777 tmp
mount -t tmpfs -o mode=755 tmpfs dev
for node in null zero full random urandom tty; do
  : >"dev/$node"
  mount --bind "/dev/$node" "dev/$node"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs -o mode=1777 shm dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr
mount -t proc proc proc
if [ "$PRIVILEGED" != yes ]; then
  for part in sys sysrq-trigger irq bus; do
    [ -e "proc/$part" ] || continue
    mount --bind "proc/$part" "proc/$part"
    mount -o remount,bind,ro "proc/$part" 2>/dev/null || true
  done
fi
mount -t sysfs -o ro sysfs sys 2>/dev/null || true
tab=$(printf '\t')
while IFS=$tab read -r mode source target; do
  if [ -d "$source" ]; then
    mkdir -p "./$target"
  else
    mkdir -p "./${target%/*}"
    [ -e "./$target" ] || : >"./$target"
  fi
  mount --bind "$source" "./$target"
  [ "$mode" = rw ] || mount -o remount,bind,ro "./$target" 2>/dev/null || true
done <"$dir/mounts"
pivot_root . .
umount -l .
set +e
trap - EXIT
mkdir -p "$workdir"
cd "$workdir" || fail "could not change to the working directory $workdir"
find_program() {
  case $program in
    */*) [ -x "$program" ] && [ ! -d "$program" ]; return ;;
  esac
  IFS=:
  for folder in $search; do
    [ -x "$folder/$program" ] && [ ! -d "$folder/$program" ] && return 0
  done
  return 1
}
(find_program) || fail "exec: \"$program\": executable file not found in \$PATH"
echo "started $run $pid" >&8
unset IFS
exec "$@" 8>&-
