/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "capture/edid.h"
#include "capture/file.h"
#include "server/secret.h"
#include "server/steps.h"
#include "server/target.h"
#include "vnc/server.h"

#define COMPLAINT_BYTES 1024

struct place {
	const char *path;
	config_complain *complain;
	void *context;
};

__attribute__((format(printf, 3, 4))) static int
complain_at(const struct place *place, unsigned line, const char *format, ...)
{
	char text[COMPLAINT_BYTES];
	int used = snprintf(text, sizeof(text), "%s:%u: ", place->path, line);
	va_list args;

	if (used > 0 && (size_t)used < sizeof(text)) {
		va_start(args, format);
		vsnprintf(text + used, sizeof(text) - (size_t)used, format,
				args);
		va_end(args);
	}
	place->complain(place->context, text);
	return -EINVAL;
}

static int check_capture(
		const struct place *place, const struct config_capture *capture)
{
	struct capture_file_options file = server_target_file_options(capture);
	struct capture_edid edid;
	char file_why[CAPTURE_FILE_WHY_BYTES];
	const char *why;

	if (capture->edid && capture_edid_load(&edid, capture->edid, &why) < 0)
		return complain_at(place, capture->edid_line,
				"edid \"%s\": %s; write a preset or name a file with an EDID",
				capture->edid, why);
	if (capture->file && capture_file_check(&file, file_why) < 0)
		return complain_at(place, capture->file_line, "file \"%s\": %s",
				capture->file, file_why);
	return 0;
}

static int check_vnc(const struct place *place, const struct config_vnc *vnc)
{
	char password[VNC_PASSWORD_BYTES];
	char why[SERVER_SECRET_WHY_BYTES];
	int rc;

	if (!vnc->password_file)
		return 0;
	rc = server_secret_read(
			vnc->password_file, password, sizeof(password), why);
	explicit_bzero(password, sizeof(password));
	if (rc < 0)
		return complain_at(place, vnc->password_file_line,
				"password_file \"%s\": %s", vnc->password_file,
				why);
	return 0;
}

/* Whether it makes sense; which characters there are depends on the target. */
static int check_macros(
		const struct place *place, const struct config_macros *macros)
{
	char why[SERVER_STEPS_WHY_BYTES];
	struct hid_layout *us;
	int rc = hid_layout_create(
			&us, "us", "", &hid_layout_paths_system, why);

	for (size_t i = 0; i < macros->count && rc == 0; i++) {
		const struct config_macro *macro = &macros->items[i];
		struct server_steps *steps;

		rc = server_steps_from_keys(&steps, macro->keys,
				strlen(macro->keys), us, why);
		server_steps_destroy(steps);
		if (rc == -ENOENT)
			rc = 0;
		else if (rc != -ENOMEM && rc < 0)
			rc = complain_at(place, macro->line, "macro \"%s\": %s",
					macro->name, why);
	}
	hid_layout_destroy(us);
	return rc;
}

static int check_files(const struct place *place, const struct config *config)
{
	int rc = check_macros(place, &config->macros);

	for (size_t i = 0; i < config->targets_n && rc == 0; i++) {
		const struct config_target *target = &config->targets[i];

		rc = check_capture(place, &target->capture);
		if (rc == 0)
			rc = check_vnc(place, &target->vnc);
		if (rc == 0)
			rc = check_macros(place, &target->macros);
	}
	return rc;
}

int server_check_load(struct config **out, const char *path,
		config_complain *complain, void *context)
{
	const struct place place = {path, complain, context};
	int rc = config_load(out, path, complain, context);

	if (rc < 0)
		return rc;
	rc = check_files(&place, *out);
	if (rc < 0) {
		config_destroy(*out);
		*out = NULL;
	}
	return rc;
}

int server_check_text(const char *name, const char *text, size_t size,
		config_complain *complain, void *context)
{
	const struct place place = {name, complain, context};
	struct config *config;
	int rc = config_read(&config, name, text, size, complain, context);

	if (rc == 0)
		rc = check_files(&place, config);
	config_destroy(config);
	return rc;
}
