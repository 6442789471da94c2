/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/json-file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/log.h"
#include "server/state.h"

struct server_json_file {
	const struct server_json_file_kind *kind;
	const char *directory;
	struct core_workers *files;
	json_t *object;
	bool spoilt;
};

/* ---- reading ------------------------------------------------------------- */

static void load(struct server_json_file *file)
{
	char *text = NULL;
	size_t size = 0;
	json_t *value = NULL;
	int rc = server_state_read(file->directory, file->kind->name,
			file->kind->bytes_max, &text, &size);

	if (rc == 0)
		value = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (file->kind->is_good(value)) {
		json_decref(file->object);
		file->object = value;
		return;
	}
	json_decref(value);
	file->spoilt = rc != -ENOENT;
	if (file->spoilt)
		log_error("%s/%s: %s; %s until it is mended and rackhandd restarted",
				file->directory, file->kind->name,
				rc < 0 ? strerrordesc_np(-rc)
				       : "it makes no sense",
				file->kind->without);
}

int server_json_file_create(struct server_json_file **out,
		const struct server_json_file_kind *kind, const char *directory,
		struct core_workers *files)
{
	struct server_json_file *file = calloc(1, sizeof(*file));

	*out = NULL;
	if (!file)
		return -ENOMEM;
	file->kind = kind;
	file->directory = directory;
	file->files = files;
	file->object = json_object();
	if (!file->object) {
		server_json_file_destroy(file);
		return -ENOMEM;
	}
	load(file);
	*out = file;
	return 0;
}

void server_json_file_destroy(struct server_json_file *file)
{
	if (!file)
		return;
	json_decref(file->object);
	free(file);
}

json_t *server_json_file_get(const struct server_json_file *file)
{
	return file->object;
}

/* ---- writing ------------------------------------------------------------- */

/* What the file is to be, on its way there; it may outlast its object. */
struct save {
	struct core_job job;
	const char *directory;
	const char *name;
	char *text;
	int rc;
	server_json_file_saved *saved;
	void *context;
};

static void run_save(struct core_job *job)
{
	struct save *save = (struct save *)job;

	save->rc = server_state_replace(save->directory, save->name, save->text,
			strlen(save->text));
}

static void finish_save(struct core_job *job)
{
	struct save *save = (struct save *)job;

	save->saved(save->context, save->rc);
	free(save->text);
	free(save);
}

int server_json_file_save(struct server_json_file *file,
		server_json_file_saved *saved, void *context)
{
	struct save *save;

	if (file->spoilt)
		return -EBADMSG;
	save = calloc(1, sizeof(*save));
	if (!save)
		return -ENOMEM;
	save->job.run = run_save;
	save->job.done = finish_save;
	save->directory = file->directory;
	save->name = file->kind->name;
	save->rc = -ECANCELED; /* where it is not run any more */
	save->saved = saved;
	save->context = context;
	save->text = json_dumps(file->object, JSON_INDENT(1));
	if (!save->text) {
		free(save);
		return -ENOMEM;
	}
	core_workers_submit(file->files, &save->job);
	return 0;
}

const char *server_json_file_why(int rc)
{
	return rc == -EBADMSG
			? "the file for it is not good; mend it as the log says, or remove it, and restart rackhandd"
			: strerrordesc_np(-rc);
}
