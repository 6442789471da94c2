/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config/parse.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <confuse.h>

/*
 * libconfuse hands no pointer of ours to its callbacks, so every section
 * carries an option that leads back to the parser. Its name cannot be written
 * in a file: the scan refuses control characters.
 */
#define BACK_NAME "\x01"

#define NAMED (CFGF_MULTI | CFGF_TITLE | CFGF_NO_TITLE_DUPES)
#define OPTIONS_MAX ((int)CONFIG_KEYS + (int)CONFIG_SECTIONS + 2)

struct parser {
	struct config_draft *draft;
	const struct config_scan *scan;
	size_t closed_n; /* sections whose "}" was read */
	int rc;     /* of the first complaint; libconfuse only knows "failed" */
	void *back; /* this parser */
	cfg_opt_t options[CONFIG_SECTIONS][OPTIONS_MAX];
};

static struct parser *parser_of(cfg_t *cfg)
{
	return *cfg_getopt(cfg, BACK_NAME)->simple_value.ptr;
}

static enum config_section section_of(const char *name)
{
	for (int i = 1; i < CONFIG_SECTIONS; i++)
		if (strcmp(config_section_names[i], name) == 0)
			return (enum config_section)i;
	return CONFIG_SECTION_TOP; /* libconfuse calls it "root" */
}

/* "key, key, section {}": all that may stand in a section. */
static void list_known(enum config_section section, char *text, size_t size)
{
	const char *separator = "";
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < CONFIG_KEYS; i++) {
		if (config_keys[i].section != section)
			continue;
		used += (size_t)snprintf(text + used, size - used, "%s%s",
				separator, config_keys[i].name);
		separator = ", ";
	}
	if (section == CONFIG_SECTION_TOP)
		snprintf(text + used, size - used,
				"%ssections web, macro, target", separator);
	if (section == CONFIG_SECTION_TARGET)
		snprintf(text + used, size - used,
				"%ssections capture, usb, vnc, keyboard, macro",
				separator);
}

static int complain_unknown(struct parser *parser, cfg_t *cfg, const char *name)
{
	enum config_section section = section_of(cfg->name);
	char known[256];

	list_known(section, known, sizeof(known));
	if (section == CONFIG_SECTION_TOP)
		return config_report_write(&parser->draft->report,
				(unsigned)cfg->line,
				"unknown key \"%.64s\" outside of any section; known here: %s",
				name, known);
	return config_report_write(&parser->draft->report, (unsigned)cfg->line,
			"unknown key \"%.64s\" in section %s; known here: %s",
			name, config_section_names[section], known);
}

/* libconfuse's complaints, known by how they begin, with the cure. */
static const struct {
	const char *begins;
	const char *cure;
} cures[] = {
		{"missing equal sign", "write key = \"value\""},
		{"missing title",
				"write target \"name\" { ... } or macro \"name\" { ... }"},
		{"missing opening brace", "write section { ... }"},
		{"found duplicate title", "give each one its own name"},
		{"premature end of file",
				"finish it with = \"value\" or { ... }"},
		{"unexpected token",
				"write key = \"value\" or section { ... }"},
};

static void complain(struct parser *parser, cfg_t *cfg, const char *text)
{
	const char *cure = "see rackhand.conf(5)";

	for (size_t i = 0; i < sizeof(cures) / sizeof(cures[0]); i++)
		if (strncmp(text, cures[i].begins, strlen(cures[i].begins)) ==
				0)
			cure = cures[i].cure;
	parser->rc = config_report_write(&parser->draft->report,
			(unsigned)cfg->line, "%s; %s", text, cure);
}

__attribute__((format(printf, 2, 0))) static void take_error(
		cfg_t *cfg, const char *format, va_list arguments)
{
	struct parser *parser = parser_of(cfg);
	char text[256];

	if (strncmp(format, "no such option", strlen("no such option")) == 0) {
		parser->rc = complain_unknown(
				parser, cfg, va_arg(arguments, const char *));
		return;
	}
	vsnprintf(text, sizeof(text), format, arguments);
	complain(parser, cfg, text);
}

static int take_value(
		cfg_t *cfg, cfg_opt_t *option, const char *value, void *result)
{
	struct parser *parser = parser_of(cfg);
	enum config_section section = section_of(cfg->name);
	int key = config_key_find(section, option->name);

	if (key < 0) /* as "section|key", a way around libconfuse has */
		parser->rc = complain_unknown(parser, cfg, option->name);
	else
		parser->rc = config_draft_take(parser->draft, section,
				(enum config_key_id)key, value,
				(unsigned)cfg->line);
	*(const char **)result = value;
	return parser->rc;
}

static int take_section(cfg_t *cfg, cfg_opt_t *option)
{
	struct parser *parser = parser_of(cfg);
	cfg_t *section = cfg_opt_getnsec(option, cfg_opt_size(option) - 1);
	unsigned line = (unsigned)cfg->line;

	if (parser->closed_n < parser->scan->sections_n)
		line = parser->scan->section_lines[parser->closed_n++];
	parser->rc = config_draft_close(parser->draft, section_of(cfg->name),
			section_of(option->name), section->title, line);
	return parser->rc;
}

static void add_section(struct parser *parser, cfg_opt_t *option,
		enum config_section section, cfg_flag_t flags)
{
	*option = (cfg_opt_t)CFG_SEC(config_section_names[section],
			parser->options[section], flags);
	option->validcb = take_section;
}

static void build_options(struct parser *parser, enum config_section section)
{
	cfg_opt_t *option = parser->options[section];

	for (int i = 0; i < CONFIG_KEYS; i++)
		if (config_keys[i].section == section)
			*option++ = (cfg_opt_t)CFG_STR_CB(config_keys[i].name,
					NULL, CFGF_NODEFAULT, take_value);
	if (section == CONFIG_SECTION_TOP) {
		add_section(parser, option++, CONFIG_SECTION_WEB, CFGF_NONE);
		add_section(parser, option++, CONFIG_SECTION_MACRO, NAMED);
		add_section(parser, option++, CONFIG_SECTION_TARGET, NAMED);
	}
	if (section == CONFIG_SECTION_TARGET)
		for (int i = CONFIG_SECTION_CAPTURE; i < CONFIG_SECTIONS; i++)
			add_section(parser, option++, (enum config_section)i,
					i == CONFIG_SECTION_MACRO ? NAMED
								  : CFGF_NONE);
	*option = (cfg_opt_t){
			.name = BACK_NAME,
			.type = CFGT_PTR,
			.simple_value.ptr = &parser->back,
	};
	option[1] = (cfg_opt_t)CFG_END();
}

int config_parse(struct config_draft *draft, const struct config_scan *scan)
{
	struct parser parser = {.draft = draft, .scan = scan};
	cfg_t *cfg;
	int rc;

	parser.back = &parser;
	for (int i = CONFIG_SECTIONS - 1; i >= 0; i--)
		build_options(&parser, (enum config_section)i);
	cfg = cfg_init(parser.options[CONFIG_SECTION_TOP], CFGF_NONE);
	if (!cfg)
		return -ENOMEM;
	cfg_set_error_function(cfg, take_error);
	rc = cfg_parse_buf(cfg, scan->text);
	cfg_free(cfg);
	if (parser.rc < 0)
		return parser.rc;
	return rc == CFG_SUCCESS ? 0 : -ENOMEM; /* all else complains */
}
