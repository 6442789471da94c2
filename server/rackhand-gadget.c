/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Root's part of rackhand: builds the USB gadget of every target that has a
 * usb section, takes gadgets down, says what there is, and leaves.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "core/log.h"
#include "hid-gadget/gadget.h"
#include "server/options.h"
#include "server/programs.h"

#define EXIT_FAILED 1
#define GROUP "rackhand"
#define GADGETS_MAX 64

struct command {
	const struct config *config; /* NULL for a verb that needs none */
	char *const *names;          /* of the command line */
	int names_n;                 /* 0: all */
	bool failed;
};

static void complain(void *context, const char *line)
{
	(void)context;
	fprintf(stderr, "%s\n", line);
}

/* ---- the gadgets that are there --------------------------------------------
 */

struct targets {
	char *names[GADGETS_MAX];
	size_t count;
};

static int keep_target(void *context, const char *target)
{
	struct targets *targets = context;

	if (targets->count == GADGETS_MAX)
		return -E2BIG;
	targets->names[targets->count] = strdup(target);
	if (!targets->names[targets->count])
		return -ENOMEM;
	targets->count++;
	return 0;
}

/* A list, since removing while reading the directory might skip some. */
static int list_gadgets(struct targets *targets)
{
	int rc;

	*targets = (struct targets){.count = 0};
	rc = hid_gadget_each(keep_target, targets);
	if (rc < 0)
		log_error_errno(rc, "cannot list the USB gadgets");
	return rc;
}

static void free_targets(struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++)
		free(targets->names[i]);
}

/* ---- verbs ----------------------------------------------------------------
 */

static bool is_configured(const struct config *config, const char *name)
{
	const struct config_target *target = config_find_target(config, name);

	return target && target->usb.enabled;
}

static void up_target(
		struct command *command, const struct config_target *target)
{
	const struct hid_gadget_options options = {
			.target = target->name,
			.udc = target->usb.udc,
			.group = GROUP,
	};

	if (hid_gadget_up(&options) < 0)
		command->failed = true;
}

/* A gadget of a target that was renamed or removed would keep its UDC. */
static void down_left_over(struct command *command)
{
	struct targets targets;

	if (list_gadgets(&targets) < 0)
		command->failed = true;
	for (size_t i = 0; i < targets.count; i++) {
		const char *name = targets.names[i];

		if (is_configured(command->config, name))
			continue;
		log_info("%s: no such target has a usb section: taking its USB gadget down",
				name);
		if (hid_gadget_down(name) < 0)
			command->failed = true;
	}
	free_targets(&targets);
}

static void run_up(struct command *command)
{
	const struct config *config = command->config;
	size_t wanted = 0;

	if (command->names_n > 0) {
		for (int i = 0; i < command->names_n; i++)
			up_target(command,
					config_find_target(config,
							command->names[i]));
		return;
	}
	down_left_over(command);
	for (size_t i = 0; i < config->targets_n; i++)
		if (config->targets[i].usb.enabled) {
			up_target(command, &config->targets[i]);
			wanted++;
		}
	if (wanted == 0)
		log_info("no target has a usb section: nothing to do");
}

/* Reads no configuration: whatever it says now, what is there goes. */
static void run_down(struct command *command)
{
	struct targets targets = {.count = 0};

	for (int i = 0; i < command->names_n; i++)
		if (hid_gadget_down(command->names[i]) < 0)
			command->failed = true;
	if (command->names_n > 0)
		return;
	if (list_gadgets(&targets) < 0)
		command->failed = true;
	for (size_t i = 0; i < targets.count; i++)
		if (hid_gadget_down(targets.names[i]) < 0)
			command->failed = true;
	free_targets(&targets);
}

static void print_status(struct command *command, const char *target)
{
	struct hid_gadget_status status;

	if (hid_gadget_get_status(target, &status) < 0) {
		command->failed = true;
		printf("%s: unknown\n", target);
		return;
	}
	if (!status.exists) {
		printf("%s: no gadget\n", target);
		return;
	}
	if (!status.udc[0])
		printf("%s: not bound\n", target);
	else
		printf("%s: bound to %s, %s\n", target, status.udc,
				status.host);
	for (int f = 0; f < HID_FUNCTIONS; f++)
		printf("    %-10s %s%s\n", hid_function_layouts[f].instance,
				status.nodes[f][0] ? "/dev/" : "-",
				status.nodes[f]);
}

static void run_status(struct command *command)
{
	const struct config *config = command->config;
	struct targets targets;

	for (int i = 0; i < command->names_n; i++)
		print_status(command, command->names[i]);
	if (command->names_n > 0)
		return;
	for (size_t i = 0; i < config->targets_n; i++)
		if (config->targets[i].usb.enabled)
			print_status(command, config->targets[i].name);
	if (list_gadgets(&targets) < 0)
		command->failed = true;
	for (size_t i = 0; i < targets.count; i++)
		if (!is_configured(config, targets.names[i]))
			print_status(command, targets.names[i]);
	free_targets(&targets);
}

/* For the unit: there is nothing to start where nothing is configured. */
static void run_wanted(struct command *command)
{
	const struct config *config = command->config;

	command->failed = true;
	for (size_t i = 0; i < config->targets_n; i++)
		if (config->targets[i].usb.enabled)
			command->failed = false;
}

static const struct verb {
	const char *name;
	void (*run)(struct command *command);
	bool needs_config;
} verbs[] = {
		{"up", run_up, true},
		{"down", run_down, false},
		{"status", run_status, true},
		{"wanted", run_wanted, true},
};

/* ---- life -----------------------------------------------------------------
 */

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (name && strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static bool names_are_good(const struct command *command, const char *path)
{
	for (int i = 0; i < command->names_n; i++) {
		if (is_configured(command->config, command->names[i]))
			continue;
		fprintf(stderr, "%s: no target '%s' with a usb section\n", path,
				command->names[i]);
		return false;
	}
	return true;
}

static int run(const struct verb *verb, const char *path, char *const *names,
		int names_n)
{
	struct command command = {.names = names, .names_n = names_n};
	struct config *config = NULL;

	if (verb->needs_config) {
		if (config_load(&config, path, complain, NULL) < 0)
			return SERVER_EXIT_USAGE;
		command.config = config;
		log_set_level(config->log_level);
		if (!names_are_good(&command, path)) {
			config_destroy(config);
			return SERVER_EXIT_USAGE;
		}
	}
	verb->run(&command);
	config_destroy(config);
	return command.failed ? EXIT_FAILED : EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
	const char *values[SERVER_OPTIONS_MAX];
	const char *path;
	const struct verb *verb;
	int operand;
	int rc = server_options_parse(
			&server_program_gadget, argc, argv, values, &operand);

	if (rc < 0)
		return server_options_exit_code(rc);
	verb = find_verb(argv[operand]);
	if (!verb) {
		fprintf(stderr, "rackhand-gadget: %s; see rackhand-gadget --help\n",
				argv[operand] ? "no such verb"
					      : "a verb is missing");
		return SERVER_EXIT_USAGE;
	}
	path = values[SERVER_GADGET_CONFIG] ? values[SERVER_GADGET_CONFIG]
					    : SERVER_CONFIG_PATH;
	return run(verb, path, argv + operand + 1, argc - operand - 1);
}
