#!/usr/bin/env bash
# fresh_mounts.sh ROOT GOROOT GOPROXY: the part of fresh.sh that runs in its own
# mount and pid namespaces, and hands over to the chroot with a clean environment.
set -euo pipefail
root=$1 go=$2 goproxy=$3

mount --bind -o ro "$go" "$root/usr/local/go"
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 "GOPROXY=$goproxy" \
	"http_proxy=${http_proxy:-}" "https_proxy=${https_proxy:-}" "no_proxy=${no_proxy:-}" \
	PATH=/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
	bash /root/fresh_inside.sh
