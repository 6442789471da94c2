# SPDX-License-Identifier: GPL-2.0-or-later
#
# The rules of tests/layers/check.sh: awk -f check.awk layers.mk SOURCE...
# Complaints are "file:line: what is wrong"; exit status 1 if there are any.

function complain(what)
{
	printf "%s:%d: %s\n", FILENAME, FNR, what
	wrong = 1
}

# Is name in the list of words, where a word may end in "*"?
function listed(name, words,    list, n, i)
{
	n = split(words, list, " ")
	for (i = 1; i <= n; i++) {
		if (list[i] == name)
			return 1
		if (list[i] ~ /\*$/ && index(name, substr(list[i], 1,
		    length(list[i]) - 1)) == 1)
			return 1
	}
	return 0
}

function exists(path,    line, found)
{
	found = (getline line < path) >= 0
	close(path)
	return found
}

# What the rules need to know of a file: its folder as in the table (that of
# tests/video/x.c is video), and whether it is a test.
function begin_file(    parts, n)
{
	n = split(FILENAME, parts, "/")
	test = parts[1] == "tests"
	folder = test ? parts[2] : parts[1]
	free = test && !(("MAY_" folder) in table) # a program of its own
	own_header = ""
	pragma = 0
	includes = 0
	if (FILENAME ~ /\.c$/) {
		own_header = FILENAME
		sub(/\.c$/, ".h", own_header)
		if (!exists(own_header))
			own_header = ""
	}
	if (!test && !(("MAY_" folder) in table))
		complain("folder '" folder "' is not in tests/layers/layers.mk")
}

function check_own(name,    parts, n)
{
	if (name ~ /^\.\.?\//)
		complain("include '" name "' from the root of the tree")
	else if (!exists(name) && !exists("build/gen/" name))
		complain("no such header: '" name "', counted from the root")
	n = split(name, parts, "/")
	if (free || n < 2)
		return
	# Helpers of those that the folder itself may include.
	if (test && parts[1] == "tests" &&
	    listed(parts[2], table["MAY_" folder]))
		return
	if (!listed(parts[1], table["MAY_" folder]))
		complain(folder "/ may not include '" name "', only: " \
			table["MAY_" folder])
}

function check_foreign(name)
{
	if (free || listed(name, table["HEADERS_all"]) ||
	    listed(name, table["HEADERS_" folder]) ||
	    listed(name, table["HEADERS_" FILENAME]))
		return
	if (test && listed(name, table["HEADERS_tests"]))
		return
	complain("<" name "> may not stand in " folder \
		"/ (tests/layers/layers.mk)")
}

# The table: NAME := WORDS, with continued lines.
FILENAME ~ /layers\.mk$/ {
	if ($0 ~ /^[A-Za-z_\/.-]+ :=/) {
		key = $1
		sub(/^[^=]*=/, "")
	}
	if ($0 !~ /^#/ && key) {
		more = /\\$/
		sub(/\\$/, "")
		table[key] = table[key] " " $0
		if (!more)
			key = ""
	}
	next
}

FNR == 1 {
	begin_file()
	if ($0 != "/* SPDX-License-Identifier: GPL-2.0-or-later */")
		complain("the first line is not the SPDX line")
}

/^#pragma once$/ { pragma = 1 }

FILENAME ~ /\.h$/ && /^#[ \t]*include/ && !pragma {
	complain("#pragma once must stand before the first #include")
	pragma = 1
}

/^#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	if (own_header != "" && !includes && quoted[2] != own_header)
		complain("the first #include must be \"" own_header "\"")
	includes++
	check_own(quoted[2])
}

/^#[ \t]*include[ \t]*</ {
	if (own_header != "" && !includes)
		complain("the first #include must be \"" own_header "\"")
	includes++
	split($0, angled, /[<>]/)
	check_foreign(angled[2])
}

FILENAME ~ /\.c$/ && /^extern / {
	complain("declare it in a header, not with extern")
}

/diagnostic[ \t]+ignored/ {
	complain("a warning is mended, not switched off")
}

END { exit wrong }
