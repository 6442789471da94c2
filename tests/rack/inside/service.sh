# SPDX-License-Identifier: GPL-2.0-or-later
#
# The daemon under systemd, as it is installed.

# Of every process of the program, every thread; prints what is wrong.
find_privilege() {
	local pid files=()
	for pid in $(pgrep -x rackhandd); do
		files+=(/proc/"$pid"/task/*/status)
	done
	((${#files[@]} >= 3)) || echo "only ${#files[@]} threads"
	awk -v uid="$(id -u rackhand)" '
	/^Uid:/ && !($2 == uid && $3 == uid && $4 == uid && $5 == uid) ||
	/^Cap(Inh|Prm|Eff|Bnd|Amb):/ && $2 != "0000000000000000" ||
	/^NoNewPrivs:/ && $2 != 1 ||
	/^Seccomp:/ && $2 != 2 { print FILENAME ": " $0 }
	/^(Uid|Cap...|NoNewPrivs|Seccomp):/ { seen++ }
	END { if (seen != 8 * (ARGC - 1)) print seen " lines" }' "${files[@]}"
}

runs_without_privilege() {
	local groups
	is "privilege" "$(find_privilege)" ""
	groups=$(sed -n 's/^Groups://p' "/proc/$(daemon_pid)/status")
	[[ " $(id -nG rackhand) " == *" rackhand "* ]]
	[[ " $groups " == *[[:space:]]"$(getent group video | cut -d: -f3)"[[:space:]]* ]]
}

nodes_belong_to_the_group() {
	local node
	for node in /dev/hidg0 /dev/hidg1 /dev/hidg2; do
		is $node "$(stat -c '%U %G %a' $node)" "root rackhand 660"
	done
	is /etc/rackhand "$(stat -c '%U %G %a' /etc/rackhand)" \
		"root rackhand 750"
	is /run/rackhand "$(stat -c '%U %G %a' /run/rackhand)" \
		"rackhand rackhand 750"
}

as() { # USER GROUPS COMMAND...
	local user=$1 groups=$2
	shift 2
	setpriv --reuid "$user" --regid nogroup --groups "$groups" \
		--no-new-privs -- "$@"
}

control_socket_is_for_root_and_the_group() {
	rackhand status > /dev/null
	as nobody rackhand rackhand status > /dev/null
	refuse as nobody nogroup rackhand status
}

# Even root can open nothing else from where the daemon lives.
sees_no_other_device() {
	local group=/sys/fs/cgroup/system.slice/rackhandd.service/cgroup.procs
	: < /dev/kmsg
	bash -c "echo \$\$ > $group; : < /dev/hidg0; : < $video"
	refuse bash -ec "echo \$\$ > $group; : < /dev/kmsg" 2> /dev/null
}

# The daemon was started before the kernel knew of V4L2.
may_open_what_was_plugged_in_later() {
	refuse journalctl -b -u rackhandd -q -g "$video: Operation not permitted"
}

journal_since() { journalctl -u rackhandd -q -o cat --since "@$1"; }

bad_configuration_is_refused_and_the_old_one_kept() {
	local pid now
	pid=$(daemon_pid)
	now=$(date +%s)
	viewer connect $DEMO_VNC
	echo 'target "x" {' > $conf
	reload
	within 3000 eval "journal_since $now | grep -q 'rackhand.conf:'"
	is "process" "$(daemon_pid)" "$pid"
	viewer refresh
	configure
	reload
	viewer refresh
	viewer close
}

reload_leaves_other_targets_alone() {
	viewer connect $DEMO_VNC
	configure RGB3
	reload
	within 3000 second connect $VNC
	viewer refresh
	configure
	reload
	second close
	viewer refresh
	viewer close
}

wrong_configuration_at_start_stops_for_good() {
	echo 'target "x" { nonsense = 1 }' > $conf
	refuse systemctl restart rackhandd
	pause 0.6
	is "state" "$(systemctl show -P SubState rackhandd)" failed
	is "exit code" "$(systemctl show -P ExecMainStatus rackhandd)" 2
	configure
	systemctl restart rackhandd
}

drop_in=/run/systemd/system/rackhandd.service.d/rack.conf

# Eight seconds in the unit; two here, so that the test is short.
hung_daemon_is_restarted() {
	local pid now
	now=$(date +%s)
	mkdir -p "${drop_in%/*}"
	printf '[Service]\nWatchdogSec=2\n' > $drop_in
	systemctl daemon-reload
	systemctl restart rackhandd
	pid=$(daemon_pid)
	kill -STOP "$pid"
	within 9000 viewer connect $DEMO_VNC
	[[ $(daemon_pid) != "$pid" ]]
	journal_since "$now" | grep -q "Failed with result 'watchdog'"
	rm $drop_in
	systemctl daemon-reload
}

# Which brings the unit's own watchdog back, too.
killed_daemon_is_back_at_once() {
	local pid start ms restart_ms
	start=${EPOCHREALTIME/./}
	systemctl restart rackhandd
	within 5000 viewer connect $DEMO_VNC
	restart_ms=$(((${EPOCHREALTIME/./} - start) / 1000))
	viewer close
	pid=$(daemon_pid)
	start=${EPOCHREALTIME/./}
	kill -KILL "$pid"
	within 5000 viewer connect $DEMO_VNC
	ms=$(((${EPOCHREALTIME/./} - start) / 1000))
	note "viewers get in again $ms ms after SIGKILL; a restart took $restart_ms"
	at_most "time to come back" $ms $((5 * restart_ms))
	[[ $(daemon_pid) != "$pid" ]]
}

# The kernel ends it, as often as it is started, until there is more.
lack_of_memory_ends_in_a_restart() {
	local now pid
	now=$(date +%s)
	pid=$(daemon_pid)
	systemctl set-property --runtime rackhandd.service MemoryMax=4M
	within 9000 eval "journal_since $now | grep -q oom-kill"
	systemctl set-property --runtime rackhandd.service MemoryMax=512M
	within 9000 viewer connect $DEMO_VNC
	viewer close
	[[ $(daemon_pid) != "$pid" ]]
}

lack_of_threads_is_said() {
	local now
	now=$(date +%s)
	systemctl set-property --runtime rackhandd.service TasksMax=2
	refuse systemctl restart rackhandd
	systemctl set-property --runtime rackhandd.service TasksMax=64
	journal_since "$now" | grep -q "cannot start a thread; TasksMax="
	within 9000 viewer connect $DEMO_VNC
	viewer close
}

low_port_comes_from_systemd() {
	sed -i "s/127.0.0.1:$VNC/127.0.0.1:900/" $conf
	systemctl stop rackhandd
	systemctl start rackhandd.socket
	viewer connect 900
	is "name of the unit that answers" "$(daemon_pid)" \
		"$(pgrep -x rackhandd)"
	viewer close
	systemctl stop rackhandd.socket
	configure
	systemctl restart rackhandd
	refuse viewer connect 900
}

stops_cleanly() {
	local now
	now=$(date +%s)
	systemctl stop rackhandd
	is "result" "$(systemctl show -P Result rackhandd)" success
	[[ ! -e /run/rackhand ]]
	systemctl start rackhandd
}

service_tests() {
	check "runs as its own user without any privilege" \
		runs_without_privilege
	check "nodes and folders belong to the group" \
		nodes_belong_to_the_group
	check "the control socket is for root and the group" \
		control_socket_is_for_root_and_the_group
	check "other devices are out of reach" sees_no_other_device
	check "a capture device that comes later may be opened" \
		may_open_what_was_plugged_in_later
	check "a bad file at reload is refused, the old one kept" \
		bad_configuration_is_refused_and_the_old_one_kept
	check "a reload leaves other targets' viewers alone" \
		reload_leaves_other_targets_alone
	check "a wrong file at start stops the service for good" \
		wrong_configuration_at_start_stops_for_good
	check "a hung daemon is restarted by its watchdog" \
		hung_daemon_is_restarted
	check "a killed daemon is back at once" \
		killed_daemon_is_back_at_once
	check "a daemon that lacks memory is restarted" \
		lack_of_memory_ends_in_a_restart
	check "one that lacks threads says so and is tried again" \
		lack_of_threads_is_said
	check "a port below 1024 comes from systemd" \
		low_port_comes_from_systemd
	check "stops cleanly" stops_cleanly
}
