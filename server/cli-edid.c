/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-edid.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <nettle/base16.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "server/cli-ask.h"
#include "server/cli-file.h"
#include "server/cli-link.h"
#include "server/cli-target.h"
#include "server/programs.h"

#define EDID_MAX_BYTES 512

/* ---- what there is ------------------------------------------------------- */

static bool decode(const char *hex, uint8_t bytes[EDID_MAX_BYTES], size_t *size)
{
	size_t length = strlen(hex);
	struct base16_decode_ctx context;

	*size = EDID_MAX_BYTES;
	if (length > 2 * EDID_MAX_BYTES)
		return false;
	base16_decode_init(&context);
	return base16_decode_update(&context, size, bytes, length, hex) &&
			base16_decode_final(&context);
}

static int save(const char *path, const json_t *edid)
{
	const char *hex = json_string_value(json_object_get(edid, "hex"));
	uint8_t bytes[EDID_MAX_BYTES];
	size_t size;

	if (!hex || !decode(hex, bytes, &size) || size == 0)
		return server_cli_complain("this target has no EDID to save",
				EXIT_FAILURE);
	return server_cli_file_write(path, (const char *)bytes, size);
}

int server_cli_edid(const struct server_cli *cli)
{
	const char *path = cli->values[SERVER_RACKHAND_OUTPUT];
	struct server_cli_answer answer;
	json_t *request = NULL;
	int code = path ? server_cli_file_check(path) : EXIT_SUCCESS;

	if (code == EXIT_SUCCESS)
		code = server_cli_target_request(cli, &request);
	if (code == EXIT_SUCCESS)
		code = server_cli_link_ask(cli, "edid", request, &answer);
	if (code != EXIT_SUCCESS)
		return code;
	code = path ? save(path, answer.json)
		    : server_cli_print(cli, answer.json);
	server_cli_answer_finish(&answer);
	return code;
}

/* ---- another one --------------------------------------------------------- */

static ssize_t read_file(const char *path, char bytes[EDID_MAX_BYTES + 1])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd == -1 ? -1 : read(fd, bytes, EDID_MAX_BYTES + 1);
	int rc = -errno;

	if (fd != -1)
		close(fd);
	return size == -1 ? rc : size;
}

static int set_file(const struct server_cli *cli, const char *path)
{
	char bytes[EDID_MAX_BYTES + 1];
	char hex[2 * EDID_MAX_BYTES + 1] = "";
	char words[PATH_MAX + 64];
	ssize_t size = read_file(path, bytes);

	if (size > 0 && size <= EDID_MAX_BYTES) {
		base16_encode_update(hex, (size_t)size, (uint8_t *)bytes);
		hex[2 * size] = '\0';
		return server_cli_target_ask(cli, "edid put",
				json_pack("{s:s}", "hex", hex));
	}
	snprintf(words, sizeof(words), "%s: %s", path,
			size < 0 ? strerrordesc_np((int)-size)
				 : "an EDID has 128 to 512 bytes");
	return server_cli_complain(words, EXIT_FAILURE);
}

int server_cli_edid_set(const struct server_cli *cli)
{
	const char *operand = cli->operands[0];

	if (strchr(operand, '/'))
		return set_file(cli, operand);
	return server_cli_target_ask(
			cli, "edid put", json_pack("{s:s}", "preset", operand));
}
