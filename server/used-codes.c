/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/used-codes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "server/state.h"
#include "server/users.h"

/* Twice as many as there can be users: secrets that were changed stay a while.
 */
#define CODES_MAX (2 * SERVER_USERS_MAX)
#define LINE_MAX_BYTES 48
#define FILE_MAX_BYTES ((size_t)CODES_MAX * LINE_MAX_BYTES)

struct code {
	uint64_t generation; /* 0: the place is free */
	uint64_t step;
};

struct server_used_codes {
	char *directory;
	struct code codes[CODES_MAX];
};

/* "0123456789abcdef 59000000" a line. */
static int parse(struct server_used_codes *codes, const char *text)
{
	size_t n = 0;

	while (*text) {
		struct code *code = &codes->codes[n];
		int length = 0;

		if (n == CODES_MAX ||
				sscanf(text, "%16" SCNx64 " %20" SCNu64 "%n",
						&code->generation, &code->step,
						&length) != 2 ||
				text[length] != '\n')
			return -EINVAL;
		text += length + 1;
		n++;
	}
	return 0;
}

static int load(struct server_used_codes *codes)
{
	char *text;
	size_t size;
	int rc = server_state_read(codes->directory, SERVER_STATE_USED_CODES,
			FILE_MAX_BYTES, &text, &size);

	if (rc == 0)
		rc = parse(codes, text);
	free(text);
	if (rc == -ENOENT)
		return 0;
	if (rc == -EINVAL || rc == -EFBIG) {
		memset(codes->codes, 0, sizeof(codes->codes));
		log_warning("%s/" SERVER_STATE_USED_CODES
			    " is not what it should be: begun anew",
				codes->directory);
		return 0;
	}
	if (rc < 0)
		log_error_errno(rc,
				"%s/" SERVER_STATE_USED_CODES
				": cannot be read; chmod 600 it, and chown it to the directory's owner",
				codes->directory);
	return rc;
}

int server_used_codes_create(
		struct server_used_codes **out, const char *directory)
{
	struct server_used_codes *codes = calloc(1, sizeof(*codes));
	int rc = -ENOMEM;

	*out = NULL;
	if (!codes)
		return rc;
	codes->directory = strdup(directory);
	if (!codes->directory)
		goto fail;
	rc = load(codes);
	if (rc < 0)
		goto fail;
	*out = codes;
	return 0;

fail:
	server_used_codes_destroy(codes);
	return rc;
}

void server_used_codes_destroy(struct server_used_codes *codes)
{
	if (!codes)
		return;
	free(codes->directory);
	free(codes);
}

static int store(const struct server_used_codes *codes)
{
	char *text = malloc(FILE_MAX_BYTES);
	size_t used = 0;
	int rc;

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < CODES_MAX; i++)
		if (codes->codes[i].generation)
			used += (size_t)snprintf(text + used,
					FILE_MAX_BYTES - used,
					"%016" PRIx64 " %" PRIu64 "\n",
					codes->codes[i].generation,
					codes->codes[i].step);
	rc = server_state_replace(
			codes->directory, SERVER_STATE_USED_CODES, text, used);
	free(text);
	return rc;
}

/* The secret's own place, else a free one or the one unused for longest. */
static struct code *find_place(
		struct server_used_codes *codes, uint64_t generation)
{
	struct code *place = &codes->codes[0];

	for (size_t i = 0; i < CODES_MAX; i++) {
		struct code *code = &codes->codes[i];

		if (code->generation == generation)
			return code;
		if (code->step < place->step)
			place = code;
	}
	return place;
}

int server_used_codes_burn(struct server_used_codes *codes, uint64_t generation,
		uint64_t step)
{
	struct code *place = find_place(codes, generation);
	const struct code before = *place;
	int rc;

	if (place->generation == generation && step <= place->step)
		return -EALREADY;
	*place = (struct code){generation, step};
	rc = store(codes);
	if (rc < 0) {
		*place = before;
		log_error_errno(rc,
				"%s/" SERVER_STATE_USED_CODES
				": cannot be written, and a code that cannot be crossed out is not taken",
				codes->directory);
	}
	return rc;
}
