/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/draft.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/*
 * The manual page names every key in the chapter of its section, and no key
 * that does not exist. In its source a key is a line "*key*" of its own, and
 * a chapter begins with "# ".
 */
#define MANUAL "docs/man/rackhand.conf.5.scd"
#define SECTION_CHAPTER "# SECTION "
#define TOP_CHAPTER "# KEYS OUTSIDE OF ANY SECTION"

/* -1: a chapter about something else. */
static int chapter_section(const char *line)
{
	if (strcmp(line, TOP_CHAPTER) == 0)
		return CONFIG_SECTION_TOP;
	if (strncmp(line, SECTION_CHAPTER, strlen(SECTION_CHAPTER)) != 0)
		return -1;
	line += strlen(SECTION_CHAPTER);
	for (int i = CONFIG_SECTION_TOP + 1; i < CONFIG_SECTIONS; i++)
		if (strcmp(config_section_names[i], line) == 0)
			return i;
	fail_msg("%s has a chapter for an unknown section %s", MANUAL, line);
	return -1;
}

/* Cut "*key*" down to the key; NULL if the line is no such heading. */
static const char *heading_key(char *line)
{
	size_t length = strlen(line);

	if (length < 3 || line[0] != '*' || line[length - 1] != '*')
		return NULL;
	line[length - 1] = '\0';
	return line + 1;
}

static void describes_every_key_and_no_other(void **state)
{
	FILE *manual = fopen(MANUAL, "r");
	bool keys[CONFIG_KEYS] = {false};
	bool sections[CONFIG_SECTIONS] = {false};
	int section = -1;
	char line[256];

	(void)state;
	assert_non_null(manual);
	while (fgets(line, sizeof(line), manual)) {
		const char *name;
		int key;

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			section = chapter_section(line);
		if (section < 0)
			continue;
		sections[section] = true;
		name = heading_key(line);
		if (!name)
			continue;
		key = config_key_find((enum config_section)section, name);
		if (key < 0)
			fail_msg("%s describes \"%s\", which does not exist",
					MANUAL, name);
		keys[key] = true;
	}
	fclose(manual);
	for (int i = 0; i < CONFIG_KEYS; i++)
		if (!keys[i])
			fail_msg("%s lacks \"%s\"", MANUAL,
					config_keys[i].name);
	for (int i = 0; i < CONFIG_SECTIONS; i++)
		assert_true(sections[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(describes_every_key_and_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
