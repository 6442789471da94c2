#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# gate.sh MODE PATH-COST [NAME...]
#
# What a frame costs on its way from the screen to the bytes for its viewers,
# for each kind of content (or those NAMEd). MODE:
#   gate    counted by callgrind; fails where a limit is exceeded
#   report  the same, never fails
#   time    milliseconds, without callgrind
#
# BENCH_SIMD=sse2 measures what machines without AVX2 do.
set -euo pipefail
mode=$1
program=$2
shift 2
out=build/bench/$mode
jobs=$(nproc)

# Limits of a frame in millions of instructions, with AVX2 and with SSE2 alone,
# and of an update in bytes; "-": none. Where other viewers look on, or viewers
# of all classes: how often the encodes of a row above may be made. Those of
# SSE2 are a tenth above what was measured.
# name, kind, layout, options of path-cost run, AVX2, SSE2, bytes, encodes
table='
text240		text240	yuyv601	-q6	16	15.5	40000	-
text240-copy	text240	yuyv601	-q6_-c	8	4	6000	-
text80		text80	yuyv601	-q6	38	47.4	270000	-
login		login	yuyv601	-q6	1.6	1.65	1000	-
bios		bios	yuyv601	-q6	2.6	2.25	25000	-
desktop		desktop	yuyv601	-q6	18	15.8	45000	-
noise		noise	yuyv601	-q6	73	86.8	815000	-
noise-bt709	noise	yuyv709	-q6	80	95.4	815000	-
text240-x10	text240	yuyv601	-q6_-n10	20	16.7	40000	text240:1
text240-x100	text240	yuyv601	-q6_-n100	48	28.9	40000	text240:1
desktop-x10	desktop	yuyv601	-q6_-n10	22.5	16.5	45000	desktop:1
desktop-x100	desktop	yuyv601	-q6_-n100	54	23.9	45000	desktop:1
text240-web	text240	yuyv601	-q6_-w	16	15.5	40000	text240:1
text240-web-x10	text240	yuyv601	-q6_-n10_-w	20	16.7	40000	text240:1
desktop-web-x10	desktop	yuyv601	-q6_-n10_-w	22.5	16.5	45000	desktop:1
desktop-classes	desktop	yuyv601	-q-269_-n8	-	-	-	desktop:4
'

rows()
{
	awk -v names="$*" '
	BEGIN { wanted = split(names, list); for (i in list) want[list[i]] = 1 }
	NF == 8 && (!wanted || $1 in want)' <<< "$table"
}

# Which versions run: ours, libjpeg-turbo's and the C library's. Large copies
# are made with plain loads and stores on every machine: an instruction that
# repeats itself would be counted for each byte.
level=${BENCH_SIMD:-$("$program" level)}
never=1000000000
tunables=glibc.cpu.x86_rep_movsb_threshold=$never
tunables+=:glibc.cpu.x86_rep_stosb_threshold=$never
tunables+=:glibc.cpu.x86_non_temporal_threshold=$never
environment=(BENCH_SIMD="$level")
if [[ $level == sse2 ]]; then
	environment+=(JSIMD_FORCESSE2=1)
	tunables+=:glibc.cpu.hwcaps=-AVX2,-AVX2_Usable,-AVX_Fast_Unaligned_Load
fi
[[ $mode == time ]] || environment+=("GLIBC_TUNABLES=$tunables")

draw()
{
	local kind=$1 layout=$2

	"$program" draw "$kind" "$layout" "$out/$kind.$layout"
}

measure()
{
	local name=$1 kind=$2 layout=$3 options
	read -ra options <<< "${4//_/ }"
	local run=("$program" run "${options[@]}" "$layout"
		"$out/$kind.$layout")

	if [[ $mode == time ]]; then
		env "${environment[@]}" "$program" run -p 5 "${run[@]:2}" \
			> "$out/$name.result"
		return
	fi
	env "${environment[@]}" valgrind --tool=callgrind \
		--instr-atstart=no --callgrind-out-file="$out/$name.callgrind" \
		--log-file="$out/$name.log" "${run[@]}" \
		> "$out/$name.result" || { cat "$out/$name.log"; return 1; }
	sed -n 's/^totals: /instructions=/p' "$out/$name.callgrind" \
		>> "$out/$name.result"
}

# Runs its arguments for each line of its input, as many at once as may be.
for_each()
{
	local line failed=0

	while read -r line; do
		while (($(jobs -rp | wc -l) >= jobs)); do
			wait -n || failed=1
		done
		# shellcheck disable=SC2086
		"$@" $line &
	done
	while [[ -n $(jobs -p) ]]; do
		wait -n || failed=1
	done
	return "$failed"
}

value()
{
	tr ' ' '\n' < "$out/$1.result" | sed -n "s/^$2=//p"
}

# Prints a line of the table, and after "FAIL" what is beyond a limit.
judge()
{
	local name=$1 limit_m=$2 limit_bytes=$3 shared=$4 limit_encodes=-

	if [[ $shared != - && -f $out/${shared%:*}.result ]]; then
		limit_encodes=$(($(value "${shared%:*}" encodes) * ${shared#*:}))
	fi
	tr ' ' '\n' < "$out/$name.result" | awk -F = -v name="$name" \
		-v limit_m="$limit_m" -v limit_bytes="$limit_bytes" \
		-v limit_encodes="$limit_encodes" -v mode="$mode" '
	function check(found, limit, format, what)
	{
		if (limit != "-" && found > limit + 0)
			printf "FAIL %s: " format " %s, " format \
				" (%.1f %%) beyond the limit\n", name, found,
				what, found - limit, (found / limit - 1) * 100
	}
	{ of[$1] = $2 }
	END {
		bytes = of["updates"] ? of["bytes"] / of["updates"] : 0
		if (mode == "time") {
			printf "%-16s %8.2f ms %10d bytes\n", name,
				of["cpu_ns"] / of["frames"] / 1e6, bytes
			exit
		}
		m = of["instructions"] / of["frames"] / 1e6
		printf "%-16s %8.2f M  of %4s %8d bytes of %6s" \
			" %5d encodes of %5s\n", name, m, limit_m, bytes,
			limit_bytes, of["encodes"], limit_encodes
		check(m, limit_m, "%.2f", "M instructions a frame")
		check(bytes, limit_bytes, "%d", "bytes an update")
		check(of["encodes"], limit_encodes, "%d", "encodes")
	}'
}

# The functions in which most of a row's instructions are.
show_most()
{
	callgrind_annotate "$out/$1.callgrind" | grep -E '^ *[0-9,]+ \(' |
		sed -n '2,7p'
}

rm -rf "$out"
mkdir -p "$out"
[[ $mode != time ]] || jobs=1
rows "$@" | awk '{ print $2, $3 }' | sort -u | for_each draw
rows "$@" | awk '{ print $1, $2, $3, $4 }' | for_each measure

echo "a frame from the screen to the bytes for its viewers, $level:"
passed=0
failed=0
while read -r name _ _ _ avx2 sse2 bytes shared; do
	case $level in
	avx2) limit=$avx2 ;;
	sse2) limit=$sse2 ;;
	*) limit=- ;;
	esac
	judged=$(judge "$name" "$limit" "$bytes" "$shared")
	echo "$judged"
	if [[ $judged == *FAIL* ]]; then
		failed=$((failed + 1))
		show_most "$name"
		echo "  more: callgrind_annotate $out/$name.callgrind"
	else
		passed=$((passed + 1))
	fi
done < <(rows "$@")
rm -f "$out"/*.yuyv601 "$out"/*.yuyv709
[[ $mode != time ]] || exit 0
echo "$passed passed, $failed failed"
[[ $mode == report || $failed -eq 0 ]]
