#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# build.sh DIR PROGRAM...
#
# Makes in DIR what the rack's virtual machine is made of, from Debian's
# packages: a kernel, an initramfs and a pristine root that holds systemd and
# the libraries that the PROGRAMs need. Each part is kept until its recipe
# changes. Run as root; nothing outside DIR is touched.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
rack=$1
shift
programs=("$@")

# What the VM's root holds besides the programs' libraries.
ROOT_PACKAGES=(systemd systemd-sysv udev kmod iproute2 procps v4l-utils
	dmsetup e2fsprogs kbd console-setup xkb-data libx11-data)

# Keyboards of the console that reads what the product types.
KEYMAPS=(us gb de fr es it pt br se dk ch jp)

# Units that only cost time in a machine that lives for two minutes. Coldplug
# is among them: the rack loads its drivers when udev is there already. And one
# that a key chord which nobody else took would start.
MASKS=(
	apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer
	e2scrub_all.timer e2scrub_reap.service fstrim.timer
	systemd-logind.service systemd-hostnamed.socket
	systemd-user-sessions.service
	ctrl-alt-del.target
	getty@.service getty.target serial-getty@.service console-getty.service
	modprobe@efi_pstore.service modprobe@drm.service modprobe@fuse.service
	modprobe@dm_mod.service modprobe@loop.service kmod-static-nodes.service
	ldconfig.service systemd-update-done.service
	systemd-journal-catalog-update.service systemd-journal-flush.service
	systemd-random-seed.service systemd-remount-fs.service
	systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
	systemd-update-utmp.service systemd-update-utmp-runlevel.service
	systemd-pcrphase.service systemd-pcrphase-sysinit.service
	systemd-udev-trigger.service systemd-udev-load-credentials.service
	dev-mqueue.mount dev-hugepages.mount sys-kernel-debug.mount
	sys-kernel-tracing.mount sys-fs-fuse-connections.mount
	tmp.mount run-lock.mount
)

say() { printf 'rack: %s\n' "$*"; }
die() { printf 'rack: %s\n' "$*" >&2; exit 1; }

# is_current PART RECIPE: true if PART was made by the same recipe.
is_current() {
	[[ -e $rack/$1.recipe && $(<"$rack/$1.recipe") == "$2" ]]
}

need_tools() {
	local line tool
	while read -r tool line; do
		command -v "$tool" >/dev/null ||
			die "'$tool' is missing: apt-get install $line" \
				"(or: make install-test-packages)"
	done <<-END
		mmdebstrap mmdebstrap
		depmod kmod
		cpio cpio
		busybox busybox-static
		qemu-system-x86_64 qemu-system-x86
	END
	((EUID == 0)) || die "must run as root: it makes files of many owners"
}

kernel_package() {
	apt-cache depends linux-image-amd64 |
		awk '/Depends: linux-image-[0-9]/ { print $2; exit }'
}

build_kernel() {
	local package version recipe
	package=$(kernel_package)
	[[ $package ]] || die "no linux-image-amd64 known: apt-get update"
	recipe="$package $(apt-cache policy "$package" |
		awk '/Candidate:/ { print $2 }')"
	if is_current kernel "$recipe"; then
		return
	fi
	say "unpacking $package"
	rm -rf "$rack/kernel" "$rack/download"
	mkdir -p "$rack/download"
	(cd "$rack/download" && apt-get -qq download "$package" 2>&1 |
		grep -v 'performed unsandboxed' || true)
	dpkg -x "$rack"/download/linux-image-*.deb "$rack/kernel"
	rm -r "$rack/download"
	# Newer packages have their modules in /usr/lib alone.
	[[ -e $rack/kernel/lib ]] || ln -s usr/lib "$rack/kernel/lib"
	version=${package#linux-image-}
	depmod -b "$rack/kernel" "$version"
	mv "$rack/kernel/boot/vmlinuz-$version" "$rack/kernel/vmlinuz"
	printf '%s\n' "$version" > "$rack/kernel/version"
	rm -rf "$rack/initramfs.recipe" "$rack/kernel/boot"
	printf '%s' "$recipe" > "$rack/kernel.recipe"
}

# insmod_order MODULE...: files to load, dependencies first, each once.
insmod_order() {
	modprobe -d "$rack/kernel" -S "$(<"$rack/kernel/version")" \
		--show-depends -a "$@" |
		awk '$1 == "insmod" && !seen[$2]++ { print $2 }'
}

build_initramfs() {
	local recipe work n=100 file
	recipe="$(<"$rack/kernel.recipe") $(sha256sum < "$here/init")"
	if is_current initramfs "$recipe"; then
		return
	fi
	say "making the initramfs"
	work=$(mktemp -d "$rack/initramfs.XXXXXX")
	mkdir -p "$work"/{bin,modules,proc,sys,dev,rack,new}
	cp "$(command -v busybox)" "$work/bin/busybox"
	install -m 755 "$here/init" "$work/init"
	while read -r file; do
		case $file in
		*.xz) xz -dc "$file" > "$work/modules/$n.ko" ;;
		*.zst) zstd -qdc "$file" > "$work/modules/$n.ko" ;;
		*) cp "$file" "$work/modules/$n.ko" ;;
		esac
		n=$((n + 1))
	done < <(insmod_order virtio_pci 9pnet_virtio 9p overlay)
	(cd "$work" && find . | cpio --quiet -o -H newc | gzip -1) \
		> "$rack/initramfs"
	rm -r "$work"
	printf '%s' "$recipe" > "$rack/initramfs.recipe"
}

# The Debian packages that own the shared libraries of the programs.
library_packages() {
	ldd "${programs[@]}" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
		sort -u | while read -r file; do
		# Before and after the merge of /lib into /usr/lib.
		dpkg -S "$file" 2>/dev/null || dpkg -S "/usr$file" 2>/dev/null ||
			dpkg -S "${file#/usr}" 2>/dev/null || true
	done | sed 's/[:,].*//' | sort -u
}

# The archives of Debian that this machine uses itself.
debian_sources() {
	apt-get indextargets 'Created-By: Packages' 'Origin: Debian' \
		--format 'deb $(SITE) $(RELEASE) $(COMPONENT)' | sort -u
}

build_root() {
	local packages recipe release sources
	packages=$( (printf '%s\n' "${ROOT_PACKAGES[@]}"; library_packages) |
		sort -u | paste -sd,)
	release=$(. /etc/os-release && echo "$VERSION_CODENAME")
	recipe="$release $packages"
	if is_current root "$recipe"; then
		return
	fi
	say "making a root of Debian $release"
	rm -rf "$rack/root" "$rack/root.recipe"
	sources=$(debian_sources)
	mmdebstrap --quiet --variant=minbase --include="$packages" \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt=force-unsafe-io \
		"$release" "$rack/root" - <<<"$sources" ||
		die "mmdebstrap failed"
	: > "$rack/root/etc/machine-id"
	printf '%s' "$recipe" > "$rack/root.recipe"
}

# Made by the root's own program, from the layouts' one source.
build_keymaps() {
	local recipe layout
	recipe="$(<"$rack/root.recipe") ${KEYMAPS[*]}"
	if is_current keymaps "$recipe"; then
		return
	fi
	rm -rf "$rack/keymaps"
	mkdir "$rack/keymaps"
	for layout in "${KEYMAPS[@]}"; do
		chroot "$rack/root" ckbcomp "$layout" \
			> "$rack/keymaps/$layout.kmap" 2> /dev/null ||
			die "ckbcomp cannot make the keymap $layout"
	done
	printf '%s' "$recipe" > "$rack/keymaps.recipe"
}

build_overlay() {
	local unit
	rm -rf "$rack/overlay"
	cp -r "$here/overlay" "$rack/overlay"
	for unit in "${MASKS[@]}"; do
		ln -s /dev/null "$rack/overlay/etc/systemd/system/$unit"
	done
}

need_tools
mkdir -p "$rack"
build_kernel
build_initramfs
build_root
build_keymaps
build_overlay
