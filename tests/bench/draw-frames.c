/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * draw-frames KIND LAYOUT COUNT > FILE: the first pictures of one kind of
 * content, one after the other without anything between them, for whatever
 * can be fed with raw frames.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/content.h"
#include "tests/bench/names.h"

static int write_frames(struct content *content, enum content_layout layout,
		uint32_t count)
{
	const size_t bytes = content_layout_bytes(layout);
	uint8_t *frame = malloc(bytes);
	int status = EXIT_FAILURE;

	if (!frame)
		return status;
	for (uint32_t i = 0; i < count; i++) {
		content_store(content_draw(content, i), layout, frame);
		if (fwrite(frame, 1, bytes, stdout) != bytes)
			goto done;
	}
	if (fflush(stdout) == 0)
		status = EXIT_SUCCESS;

done:
	free(frame);
	if (status != EXIT_SUCCESS)
		perror("cannot write the frames");
	return status;
}

int main(int argc, char **argv)
{
	struct content *content;
	enum content_layout layout;
	int status;

	if (argc != 4) {
		fprintf(stderr, "usage: %s KIND LAYOUT COUNT > FILE\n",
				argv[0]);
		return 2;
	}
	layout = name_to_layout(argv[2]);
	if (content_create(&content, name_to_kind(argv[1])) < 0)
		return EXIT_FAILURE;
	status = write_frames(
			content, layout, (uint32_t)strtoul(argv[3], NULL, 10));
	content_destroy(content);
	return status;
}
