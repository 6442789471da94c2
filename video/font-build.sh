#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# font-build.sh FONT.psf.gz: write the font's glyphs and its code point table
# as C, for video/font.h, to stdout. Needs only what a minimal Debian has.

set -eu

font=${1:?usage: font-build.sh FONT.psf.gz}

fail()
{
	echo "font-build.sh: $1" >&2
	exit 1
}

[ -r "$font" ] || fail "$font is missing: apt-get install psf-unifont"
gzip -t "$font" || fail "$font is damaged: reinstall psf-unifont"

# PSF version 1: magic 36 04, mode, bytes a glyph, the bitmaps, then per glyph
# its code points (16 bits, little-endian), perhaps sequences of them after
# ffff's forerunner fffe, and ffff at the end.
gzip -dc "$font" | od -An -v -tu1 -w16 | awk -v font="$font" '
function fail(text)
{
	print "font-build.sh: " font " " text > "/dev/stderr"
	failed = 1
	exit 1
}

function bitmap(index_, row, line)
{
	line = "\t{"
	for (row = 0; row < 16; row++)
		line = line (row ? ", " : "") byte[4 + index_ * 16 + row]
	return line "},"
}

function read_table(at, glyph, code, sequence)
{
	for (glyph = 0; at + 1 < bytes && glyph < glyphs; at += 2) {
		code = byte[at] + 256 * byte[at + 1]
		if (code == 65535) {
			glyph++
			sequence = 0
		} else if (code == 65534) {
			sequence = 1
		} else if (!sequence && !(code in glyph_of)) {
			glyph_of[code] = glyph
		}
	}
	if (glyph < glyphs)
		fail("ends inside its code point table")
}

{
	for (field = 1; field <= NF; field++)
		byte[bytes++] = $field
}

END {
	if (failed)
		exit 1
	if (bytes < 4 || byte[0] != 54 || byte[1] != 4)
		fail("is not a console font of PSF version 1")
	if (byte[3] != 16 || int(byte[2] / 2) % 2 != 1)
		fail("has no 8x16 glyphs with code points")
	glyphs = byte[2] % 2 ? 512 : 256
	if (bytes < 4 + glyphs * 16)
		fail("ends inside its bitmaps")
	read_table(4 + glyphs * 16)

	print "/* Made by video/font-build.sh; the glyphs are Unifont, GPL-2.0-or-later. */"
	print "#include \"video/font.h\"\n"
	print "const uint8_t video_font_glyphs[][16] = {"
	for (glyph = 0; glyph < glyphs; glyph++)
		print bitmap(glyph)
	print "};\n\nconst struct video_font_entry video_font_entries[] = {"
	for (code = 0; code < 65534; code++)
		if (code in glyph_of)
			print "\t{" code ", " glyph_of[code] "},"
	print "};\n"
	print "const size_t video_font_entries_n ="
	print "\t\tsizeof(video_font_entries) / sizeof(video_font_entries[0]);"
}'
