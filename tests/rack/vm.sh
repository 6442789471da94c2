#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# vm.sh DIR start          boot the machine that build.sh made, wait for it
# vm.sh DIR run COMMAND    run COMMAND in it, give its output and its status
# vm.sh DIR stop           end it
# vm.sh DIR shell          one command per line from stdin, until its end
# vm.sh DIR port NAME      the port on 127.0.0.1 that leads to rig, vnc or web
#
# The machine's serial console is kept in DIR/log/console; DIR/out is /out in
# the machine, writable from both sides.
set -euo pipefail

rack=$1
state=$rack/vm
BOOT_TIMEOUT_S=${RACK_BOOT_TIMEOUT_S:-75}
COMMAND_TIMEOUT_S=${RACK_COMMAND_TIMEOUT_S:-600}

die() { printf 'rack: %s\n' "$*" >&2; exit 1; }

is_alive() {
	local pid
	[[ -e $state/pid ]] || return 1
	pid=$(<"$state/pid")
	# A pid that was given to another program since is not ours.
	[[ $(tr "\0" " " 2>/dev/null < "/proc/$pid/cmdline") == *"$rack"* ]]
}

# A port of this machine on which nobody listens.
free_port() {
	local port
	while port=$((20000 + RANDOM % 12000)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

launch() {
	local rig vnc web append

	rig=$(free_port)
	vnc=$(free_port)
	web=$(free_port)
	append="console=ttyS0 quiet loglevel=3 systemd.show_status=no panic=-1
		mitigations=off audit=0 random.trust_cpu=on tsc=reliable
		lsm=landlock,yama"
	qemu-system-x86_64 -accel tcg,thread=multi -smp 2 -m 2048 \
		-nodefaults -nographic -no-reboot \
		-serial "file:$rack/log/console" \
		-kernel "$rack/kernel/vmlinuz" -initrd "$rack/initramfs" \
		-append "${append//[$'\n\t']/ }" \
		-virtfs "local,path=$rack,mount_tag=rack,security_model=none,readonly=on,multidevs=remap" \
		-virtfs "local,path=$rack/out,mount_tag=out,security_model=none" \
		-netdev "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:$rig-:5555,hostfwd=tcp:127.0.0.1:$vnc-:5950,hostfwd=tcp:127.0.0.1:$web-:8443" \
		-device virtio-net-pci,netdev=n,romfile= \
		> "$rack/log/qemu" 2>&1 < /dev/null &
	echo $! > "$state/pid"
	echo "$rig" > "$state/rig"
	echo "$vnc" > "$state/vnc"
	echo "$web" > "$state/web"
	sleep 0.5
	is_alive
}

# run SECONDS COMMAND: the last line of the answer is "RC status".
run() {
	local answer rc
	answer=$(timeout "$1" bash -c '
		exec 3<>"/dev/tcp/127.0.0.1/$1"
		printf "{ %s\n} < /dev/null; exit \$?\n" "$2" >&3
		cat <&3' - "$(<"$state/rig")" "$2") || return 124
	rc=${answer##*$'\n'}
	[[ $rc == RC\ * ]] || return 125
	answer=${answer%$'\n'*}
	printf '%s' "$answer"
	return "${rc#RC }"
}

# As run, but shows output as it comes.
stream() {
	timeout "$COMMAND_TIMEOUT_S" bash -c '
		exec 3<>"/dev/tcp/127.0.0.1/$1"
		printf "{ %s\n} < /dev/null; exit \$?\n" "$2" >&3
		while IFS= read -r line <&3 || [[ $line ]]; do
			[[ $line == RC\ [0-9]* ]] && exit "${line#RC }"
			printf "%s\n" "$line"
		done
		exit 125' - "$(<"$state/rig")" "$1"
}

# answers SECONDS: the machine has booted as far as its command channel.
answers() {
	local deadline=$((SECONDS + $1))

	until run 2 true > /dev/null 2>&1; do
		is_alive && ((SECONDS < deadline)) || return 1
		sleep 0.1
	done
}

# An emulated kernel that starts on a very busy machine stands still at times,
# before its first line: then it is started again.
start() {
	local try

	is_alive && die "it runs already: pid $(<"$state/pid")"
	mkdir -p "$state" "$rack/log" "$rack/out" "$rack/stage"
	for try in 1 2 3; do
		if launch && answers "$BOOT_TIMEOUT_S"; then
			run 120 'systemctl is-system-running --wait' \
				> /dev/null ||
				run 20 'systemctl --failed --no-legend' >&2 || true
			return 0
		fi
		echo "rack: no answer from QEMU, try $try:" \
			"$(cat "$rack/log/qemu" "$rack/log/console")" >&2
		stop
	done
	die "it does not boot"
}

stop() {
	local try
	is_alive || return 0
	kill "$(<"$state/pid")"
	for try in {1..50}; do
		is_alive || return 0
		sleep 0.1
	done
	kill -KILL "$(<"$state/pid")"
}

shell() {
	local line
	while IFS= read -r -p 'rack# ' line; do
		stream "$line" || echo "status $?"
	done
}

rack=$(cd "$rack" && pwd)
state=$rack/vm
case ${2-} in
start | stop | shell) "$2" ;;
run) stream "$3" ;;
port) cat "$state/$3" ;;
*)
	sed -n '4,8s/^# //p' "$0" >&2
	exit 2
	;;
esac
