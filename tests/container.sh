#!/usr/bin/env bash
# Build the image and run it as strictly as any engine would: a root that cannot be written to, a user whom the image
# does not know, no privilege, folders mounted to be read only. Exit code 1 where it does not serve, is not healthy, or
# is not out within ten seconds.
#
# Needs no engine, but root, buildah and util-linux (Debian: apt install buildah). BASE names another image to build
# on, BUILD more options for `buildah bud`, IMAGE an image that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
export STORAGE_DRIVER=${STORAGE_DRIVER:-vfs} BUILDAH_ISOLATION=${BUILDAH_ISOLATION:-chroot}

# shellcheck disable=SC2086 # BUILD holds several options
[ -n "${IMAGE:-}" ] || { IMAGE=aggregator-test; buildah bud -q ${BASE:+--build-arg "BASE=$BASE"} ${BUILD:-} -t $IMAGE . >/dev/null; }
container=$(buildah from "$IMAGE")
root=$(buildah mount "$container")
work=$(mktemp -d)
uid=$((20000 + RANDOM))
port=$(python3 -c 'import socket; s = socket.create_server(("", 0)); print(s.getsockname()[1])')
trap 'kill -9 ${inside:-} 2>/dev/null || true; buildah rm "$container" >/dev/null; rm -rf "$work"' EXIT

# As a new volume: what the image has there, with its owner.
cp -a "$root/data" "$work/data"
mapfile -t settings < <(buildah inspect --type image --format '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' "$IMAGE" | grep .)

start() {  # a role
  cat >"$work/run" <<END
mount --bind "$root" "$root"; mount -o remount,bind,ro "$root"
mount --bind "$work/data" "$root/data"
for folder in feeds seeds; do
  mount --bind "$PWD/\$folder" "$root/config/\$folder"; mount -o remount,bind,ro "$root/config/\$folder"
done
mount -t proc proc "$root/proc"; mount --bind /dev "$root/dev"
cd "$root/data"
exec chroot "$root" env -i ${settings[*]@Q} AGGREGATOR_PORT=$port setpriv --reuid $uid --regid 0 --clear-groups \
  --bounding-set=-all --inh-caps=-all --no-new-privs aggregator $1
END
  unshare --mount --pid --fork --kill-child bash "$work/run" >>"$work/log" 2>&1 &
  runner=$!
}

fail() { echo "container: $*"; tail -20 "$work/log"; exit 1; }

serves() {  # a role: until there are stories, at most two minutes
  for _ in $(seq 240); do
    if curl -fsS "http://127.0.0.1:$port/topics/all.atom" 2>/dev/null | grep -q '<entry'; then
      inside=$(pgrep -P $runner)
      curl -fsS "http://127.0.0.1:$port/healthz" >/dev/null || fail "$1 is not healthy"
      return
    fi
    kill -0 $runner 2>/dev/null || fail "$1 ended"
    sleep 0.5
  done
  fail "$1 serves no story"
}

ends() {  # a role
  local begun=$SECONDS code=0
  kill -TERM "$inside"
  wait $runner || code=$?
  [ $code = 0 ] || fail "$1 ended with $code"
  [ $((SECONDS - begun)) -lt 10 ] || fail "$1 took $((SECONDS - begun)) s to end"
  echo "container: $1 served as user $uid on a read-only root, and ended after $((SECONDS - begun)) s"
}

for role in run web; do
  start $role
  serves $role
  grep -q "^Uid:[[:space:]]$uid" "/proc/$inside/status" || fail "$role runs as somebody else"
  grep -q '^CapEff:[[:space:]]0*$' "/proc/$inside/status" || fail "$role has privileges"
  [ -z "${CLIENT:-}" ] || [ $role = web ] || $CLIENT "http://127.0.0.1:$port/topics/all.atom"
  ends $role
done
