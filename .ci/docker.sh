#!/usr/bin/env bash
# A real Docker engine and the sandbox image, on a Debian machine that may have neither.
# Does nothing where both are there. EXITREE: the exitree command to build with.
# No registry is needed: the base image comes from debootstrap.
set -euo pipefail

EXITREE=${EXITREE:-exitree}
BASE=exitree-base:bookworm
SUITE=bookworm
LOG=${TMPDIR:-/tmp}/exitree-dockerd.log

install_packages() {
    echo "docker.sh: installing $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# What a killed engine left: a number that is another process's by now keeps a new one from starting.
forget_dead() {
    local name=$1 file=$2
    [ -f "$file" ] || return 0
    [ "$(cat "/proc/$(cat "$file")/comm" 2>/dev/null)" = "$name" ] || rm -f "$file"
}

start_engine() {
    command -v dockerd >/dev/null && command -v iptables >/dev/null \
        || install_packages docker.io iptables
    docker info >/dev/null 2>&1 && return  # the package may have started it
    forget_dead dockerd /var/run/docker.pid
    forget_dead containerd /var/run/docker/containerd/containerd.pid
    echo "docker.sh: starting dockerd (log: $LOG)"
    setsid nohup dockerd >"$LOG" 2>&1 </dev/null &
    for _ in $(seq 60); do
        docker info >/dev/null 2>&1 && return
        sleep 0.5
    done
    echo "docker.sh: dockerd does not answer; the end of its log:" >&2
    tail -n 20 "$LOG" >&2
    return 1
}

make_base() {
    command -v debootstrap >/dev/null || install_packages debootstrap
    echo "docker.sh: making the base image $BASE"
    local root
    root=$(mktemp -d)
    debootstrap --variant=minbase \
        --include=python3,python3-venv,ca-certificates,libgomp1 "$SUITE" "$root" >"$LOG.debootstrap"
    tar -C "$root" -c . | docker import - "$BASE" >/dev/null
    rm -rf "$root"
}

docker info >/dev/null 2>&1 || start_engine
docker image inspect "$BASE" >/dev/null 2>&1 || make_base
# Cached where nothing has changed. Certificates and pip's settings come from the environment.
"$EXITREE" sandbox build --quiet --base "$BASE"
