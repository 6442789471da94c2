# SPDX-License-Identifier: GPL-2.0-or-later
#
# Power cuts while users are written. The disk is one of the kernel's own that
# from the cut on forgets what is written, as dm-flakey does; what had reached
# it by then is what the next start finds.

cut_disk=/dev/ram0
cut_place=/tmp/rack/cut
cut_users=$cut_place/state/users
CUT_SECTORS=65536

# The name is the machine's own: nobody else watches for it.
dm() { DM_DISABLE_UDEV=1 dmsetup "$@" 2> >(sed /Bypassing/d >&2); }

# The second half of each line is how long it forgets writes: never, or always.
declare -A CUT_TABLES=(
	[keeps]="0 $CUT_SECTORS flakey $cut_disk 0 1 0"
	[forgets]="0 $CUT_SECTORS flakey $cut_disk 0 0 1 1 drop_writes"
)

# From here on nothing reaches the disk; the file system is not told.
hold_disk() { dm suspend --nolockfs --noflush cut; }

# disk_now keeps|forgets: of what is written from here on.
disk_now() {
	dm load cut --table "${CUT_TABLES[$1]}"
	dm resume cut
}

# Without ext4's guess that a file which takes another's place should be synced.
mount_disk() { mount -o noauto_da_alloc /dev/mapper/cut $cut_place; }

new_disk() {
	modprobe brd rd_nr=1 rd_size=$((CUT_SECTORS / 2))
	modprobe -a dm-flakey ext4
	mkdir -p $cut_place
	dm create cut --table "${CUT_TABLES[keeps]}"
	mkfs.ext4 -q -E lazy_itable_init=0 /dev/mapper/cut
	mount_disk
	mkdir -m 700 $cut_place/state
}

no_disk() {
	! mountpoint -q $cut_place || umount -f $cut_place
	[[ ! -e /dev/mapper/cut ]] || dm remove cut
}

# What is in memory goes with the power, once the last writer has ended; the
# file system starts from its disk.
power_comes_back() {
	within 5000 umount $cut_place
	hold_disk
	disk_now keeps
	mount_disk
}

# Each change names its number, before it is begun and once it is reported done.
change_users() {
	local n=0
	while n=$((n + 1)); do
		echo $n > "$work/begun"
		rackhand -d $cut_place/state user role bob "operator@n$n"
		echo $n > "$work/done"
	done
}

# cut_after MS: $least was done when the power went, $most was begun.
cut_after() {
	local writer
	echo 0 | tee "$work/begun" > "$work/done"
	change_users &
	writer=$!
	pause "$(printf '0.%03d' "$1")"
	hold_disk
	least=$(< "$work/done")
	most=$(< "$work/begun")
	disk_now forgets
	kill $writer
	wait $writer || true
}

# Both users in whole lines, and of one who changes, one change or the next.
expect_old_or_new() {
	local found
	rackhand -d $cut_place/state user list > "$work/list"
	is "lines in the list" "$(wc -l < "$work/list")" 3
	found=$(sed -n 's/^bob .*operator@n//p' "$work/list")
	((found >= least && found <= most)) ||
		fail "$found is there, of $least done and $most begun"
	((found == least)) || newer=$((newer + 1))
}

what_is_not_synced_is_lost() {
	new_disk
	echo old > $cut_place/file
	sync -f $cut_place
	echo new > $cut_place/file
	hold_disk
	disk_now forgets
	power_comes_back
	refuse grep -q new $cut_place/file
	no_disk
}

users_are_old_or_new() {
	local cuts=$((full ? 24 : 4)) ms least most newer=0 i
	new_disk
	for i in alice bob; do
		rackhand -d $cut_place/state user add $i --role operator@n0 \
			<<< "staple of another kind"
	done
	for ((i = 0; i < cuts; i++)); do
		rackhand -d $cut_place/state user role bob operator@n0
		ms=$((300 + (i * 137) % 400))
		cut_after $ms
		((most > 0)) || fail "nothing was begun in $ms ms"
		power_comes_back
		expect_old_or_new
	done
	# What such a writer left behind is in nobody's way.
	rackhand -d $cut_place/state user role bob viewer
	is "files" "$(ls $cut_place/state)" users
	no_disk
	note "$cuts power cuts: $((cuts - newer)) times the old users, $newer times the new, nothing else"
}

cut_tests() {
	check "power cut: what is not synced is lost, else this shows nothing" \
		what_is_not_synced_is_lost
	no_disk
	check "power cut: users are the old or the new, never half" \
		users_are_old_or_new
	no_disk
}
