/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/hash.h"

#include <crypt.h>
#include <errno.h>
#include <nettle/memops.h>
#include <stdlib.h>
#include <string.h>

#define PREFIX "$y$"
#define ALPHABET                                                               \
	"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/* What stands behind the prefix, for each cost: memory grows downwards. */
static const char *const parameters[] = {
		"j75$", "j85$", "j7T$", "j8T$", "j9T$", "jAT$", "jBT$", "jCT$"};
_Static_assert(sizeof(parameters) / sizeof(parameters[0]) ==
				SERVER_HASH_COST_MAX,
		"a cost lacks its parameters");

/* crypt_r's memory is too large for a worker's stack, and holds secrets. */
static int hash(const char *setting, const char *password,
		char out[SERVER_HASH_BYTES])
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *made;
	int rc = -EINVAL;

	if (!data)
		return -ENOMEM;
	errno = 0;
	made = crypt_r(password, setting, data);
	if (!made || made[0] != '$')
		rc = errno ? -errno : -EINVAL;
	else if (strlen(made) < SERVER_HASH_BYTES) {
		strcpy(out, made);
		rc = 0;
	}
	explicit_bzero(data, sizeof(*data));
	free(data);
	return rc;
}

int server_hash_make(char out[SERVER_HASH_BYTES], const char *password,
		unsigned cost)
{
	char setting[CRYPT_GENSALT_OUTPUT_SIZE];

	if (!crypt_gensalt_rn(PREFIX, cost, NULL, 0, setting, sizeof(setting)))
		return -errno;
	return hash(setting, password, out);
}

/* "$y$j9T$salt$hash" */
bool server_hash_is_good(const char *text)
{
	bool known = false;
	size_t length;

	if (strlen(text) >= SERVER_HASH_BYTES ||
			strncmp(text, PREFIX, strlen(PREFIX)) != 0)
		return false;
	text += strlen(PREFIX);
	for (size_t i = 0; i < SERVER_HASH_COST_MAX; i++)
		known |= strncmp(text, parameters[i], 4) == 0;
	if (!known)
		return false;
	text += 4;
	length = strspn(text, ALPHABET);
	if (length == 0 || text[length] != '$')
		return false;
	text += length + 1;
	length = strspn(text, ALPHABET);
	return length == 43 && text[length] == '\0';
}

int server_hash_check(const char *text, const char *password, bool *right)
{
	char made[SERVER_HASH_BYTES] = "";
	char wanted[SERVER_HASH_BYTES] = "";
	int rc = hash(text, password, made);

	strncpy(wanted, text, sizeof(wanted) - 1);
	*right = rc == 0 && memeql_sec(made, wanted, sizeof(made));
	explicit_bzero(made, sizeof(made));
	return rc;
}
