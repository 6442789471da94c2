# SPDX-License-Identifier: GPL-2.0-or-later
#
# awk -v seen=FOLDER -v lines= -f coverage.awk unreached parsers
#
# For each parser, the share of its lines that the stored inputs of its targets
# reach, from FOLDER/TARGET.lcov; without those that `unreached` excuses. Exit
# status 1 where it is less than FLOOR percent, or an excuse is no longer true.

function trim(text)
{
	sub(/^[ \t]+/, "", text)
	sub(/[ \t]+$/, "", text)
	return text
}

# Add up the counts of one file, of one target, and see where functions begin.
function read_counts(target, file,    path, line, inside, parts)
{
	path = seen "/" target ".lcov"
	while ((getline line < path) > 0) {
		if (line ~ /^SF:/)
			inside = line ~ "/" file "$"
		else if (inside && line ~ /^DA:/) {
			split(substr(line, 4), parts, ",")
			count[parts[1] + 0] += parts[2]
		} else if (inside && line ~ /^FN:/) {
			split(substr(line, 4), parts, ",")
			sub(/.*:/, "", parts[2])
			begins[parts[1] + 0] = parts[2] "()"
		}
	}
	close(path)
}

function judge(file,    text, number, all, reached, share, excused)
{
	while ((getline text < file) > 0) {
		number++
		if ((file, begins[number]) in excuse) {
			excused = 1
			used[file, begins[number]] = 1
		}
		if (text == "}" && excused) {
			excused = 0
			continue
		}
		if (excused || !(number in count))
			continue
		text = trim(text)
		if ((file, text) in excuse) {
			used[file, text] = 1
			if (count[number] == 0)
				continue
		}
		all++
		if (count[number] > 0)
			reached++
		else if (lines)
			printf "%s:%d: %s\n", file, number, text
	}
	close(file)
	share = all ? 100 * reached / all : 0
	printf "%-28s %4d of %4d lines, %5.1f %%\n", file, reached, all, share
	all_lines += all
	reached_lines += reached
	if (share < FLOOR) {
		printf "%s: less than %d %% of its lines are reached\n",
			file, FLOOR
		wrong = 1
	}
}

BEGIN { FLOOR = 95 }

/^#/ || NF == 0 { next }

# unreached: FILE: LINE # REASON, or FILE: FUNCTION() # REASON
FILENAME ~ /unreached$/ {
	file = $1
	sub(/:$/, "", file)
	text = substr($0, length($1) + 1)
	if (text !~ / # /) {
		printf "%s:%d: an excuse without a reason\n", FILENAME, FNR
		wrong = 1
	}
	sub(/ # .*/, "", text)
	excuse[file, trim(text)] = 1
	next
}

# parsers: FILE TARGET...
{
	split("", count)
	split("", begins)
	for (i = 2; i <= NF; i++)
		read_counts($i, $1)
	judge($1)
}

END {
	for (each in excuse)
		if (!(each in used)) {
			split(each, parts, SUBSEP)
			printf "%s: no such line any more: %s\n", parts[1],
				parts[2]
			wrong = 1
		}
	printf "%-28s %4d of %4d lines, %5.1f %%\n", "together",
		reached_lines, all_lines, 100 * reached_lines / all_lines
	exit wrong
}
