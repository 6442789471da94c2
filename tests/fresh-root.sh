#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fresh-root.sh SUITE root|sudo [TEST TARGET]
#
# The proof that nothing was installed by hand: a minimal Debian of its own
# (debootstrap's minbase and make), a clean clone of the last commit, and in
# there `make run` until a viewer is greeted; then `make TEST TARGET`. Needs
# root, mmdebstrap and Debian's mirror. Keeps the base system for the next
# time, and the root where something failed in it.
set -euo pipefail

suite=$1
as=$2
goal=${3:-}
base=$PWD/build/fresh-root/$suite-$as.tar
root=$PWD/build/fresh-root/$suite-$as
clone=/home/visitor/rackhand
seconds=60

packages=make,ca-certificates
[[ $as == root ]] || packages+=,sudo
mkdir -p build/fresh-root
[[ -e $base ]] || mmdebstrap --quiet --variant=minbase \
	--include="$packages" "$suite" "$base"

rm -rf --one-file-system "$root"
mkdir -p "$root"
tar -xpf "$base" -C "$root"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
# Behind a proxy that this machine trusts, the root must trust it as well.
cp /usr/local/share/ca-certificates/*.crt \
	"$root/usr/local/share/ca-certificates/" 2> /dev/null || true
chroot "$root" update-ca-certificates > /dev/null 2>&1
chroot "$root" useradd --create-home visitor
git clone --quiet --no-local . "$root$clone"
git -C "$root$clone" log -1 --format='%h %s'
owner=root
if [[ $as == sudo ]]; then
	owner=visitor
	echo 'visitor ALL=(ALL) NOPASSWD: ALL' > "$root/etc/sudoers.d/visitor"
fi
chroot "$root" chown -R "$owner" "$clone"

# Run a command in the root as the visitor, with its own mounts, which end
# with it, as do all of its processes.
visit() # NETWORK COMMAND: NETWORK is host, or none for a loopback alone
{
	local network=()

	[[ $1 == host ]] || network=(--net)
	unshare --mount --pid --fork --kill-child "${network[@]}" \
		bash -euo pipefail -c '
		[[ $1 == host ]] || ip link set lo up
		mount --rbind /dev "$2/dev"
		mount -t proc proc "$2/proc"
		mount -t sysfs sysfs "$2/sys" -o ro
		in_root() {
			chroot --userspec="$3" "$2" env -i HOME=/home/visitor \
				PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin \
				TERM=dumb bash -euo pipefail -c "cd $4; $5"
		}
		[[ $6 == greet ]] || { in_root "$@"; exit; }

		in_root "$@" &
		for ((i = 0; i < $7 * 5; i++)); do
			sleep 0.2
			exec 3<> /dev/tcp/127.0.0.1/5901 || continue
			read -r -t 5 -N 12 greeting <&3
			echo "a viewer is greeted with: $greeting"
			exit
		done 2> /dev/null
		echo "nothing greets a viewer at 127.0.0.1:5901"
		exit 1
		' visit "$1" "$root" "$owner" "$clone" "$2" "${3:-}" "$seconds"
}

visit host 'make install-build-packages && make'
# All is there now, so the network is not asked for again.
visit none 'make run' greet
[[ -z $goal ]] || visit host "make $goal"
rm -rf --one-file-system "$root"
echo "$suite as $as: good"
