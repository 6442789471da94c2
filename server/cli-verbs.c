/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/cli-verbs.h"

#include <string.h>

#include "server/cli-ask.h"
#include "server/cli-audit.h"
#include "server/cli-complete.h"
#include "server/cli-config.h"
#include "server/cli-control.h"
#include "server/cli-document.h"
#include "server/cli-edid.h"
#include "server/cli-events.h"
#include "server/cli-keys.h"
#include "server/cli-setup.h"
#include "server/cli-snapshot.h"
#include "server/cli-stats.h"
#include "server/cli-target.h"
#include "server/cli-tls.h"
#include "server/cli-token.h"
#include "server/cli-type.h"
#include "server/cli-user.h"
#include "server/programs.h"
#include "server/session-text.h"
#include "server/stats-text.h"
#include "server/status-text.h"
#include "server/target-text.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct server_option options[] = {
		[SERVER_RACKHAND_SOCKET] = {'s', "socket", "PATH",
				"control socket, not " SERVER_SOCKET_PATH},
		[SERVER_RACKHAND_STATE] = {'d', "state-directory", "DIR",
				"users, keys and audit, not in " SERVER_STATE_PATH},
		[SERVER_RACKHAND_URL] = {'u', "url", "URL",
				"ask the daemon at https://HOST[:PORT], not the socket"},
		[SERVER_RACKHAND_TOKEN_FILE] = {0, "token-file", "FILE",
				"token for --url, not that in RACKHAND_TOKEN"},
		[SERVER_RACKHAND_CACERT] = {0, "cacert", "FILE",
				"who vouches for --url, not the system's authorities"},
		[SERVER_RACKHAND_PIN] = {0, "pin", "PIN",
				"the only key that --url may have, by its SHA-256"},
		[SERVER_RACKHAND_TARGET] = {'t', "target", "TARGET",
				"which one, where there are several"},
		[SERVER_RACKHAND_JSON] = {0, "json", NULL,
				"print the answer as JSON"},
		[SERVER_RACKHAND_FOLLOW] = {'f', "follow", NULL,
				"go on, a line a second, until Ctrl-C"},
		[SERVER_RACKHAND_OUTPUT] = {'o', "output", "FILE",
				"put it there; - is standard output"},
		[SERVER_RACKHAND_WIDTH] = {0, "width", "PIXELS",
				"of the picture, not as it is"},
		[SERVER_RACKHAND_LAYOUT] = {0, "layout", "LAYOUT",
				"of the keyboard, not that of the target"},
		[SERVER_RACKHAND_VARIANT] = {0, "variant", "VARIANT",
				"of that layout"},
		[SERVER_RACKHAND_DELAY] = {0, "delay", "MS",
				"wait so long after each character"},
		[SERVER_RACKHAND_DRY_RUN] = {'n', "dry-run", NULL,
				"only check whether all of it can be typed"},
		[SERVER_RACKHAND_CLICK] = {0, "click", "BUTTON",
				"and press and release it there: left, middle, right"},
		[SERVER_RACKHAND_SINCE] = {0, "since", "TIME",
				"show what was audited since then"},
		[SERVER_RACKHAND_EVENT] = {0, "event", "EVENT",
				"show only these, such as login-failed"},
		[SERVER_RACKHAND_EXPECT] = {0, "expect", "HASH",
				"find the audit line that has this hash"},
		[SERVER_RACKHAND_ROLE] = {0, "role", "ROLES",
				"of a new user or token: viewer@rack1,admin@rack2"},
		[SERVER_RACKHAND_EXPIRES] = {0, "expires", "DAYS",
				"of a new token: 30d, say, not 90d"},
		[SERVER_RACKHAND_OFF] = {0, "off", NULL,
				"no one-time codes any more"},
};
_Static_assert(COUNT(options) == SERVER_RACKHAND_OPTIONS,
		"an option lacks its table entry");

#define OPTION(name) (UINT32_C(1) << SERVER_RACKHAND_##name)
/* Those that name the daemon, and its files, are everybody's. */
#define ALL (OPTION(SOCKET) | OPTION(STATE))
/* Of what can be asked from elsewhere, and of one target. */
#define ASKS                                                                   \
	(ALL | OPTION(URL) | OPTION(TOKEN_FILE) | OPTION(CACERT) |             \
			OPTION(PIN) | OPTION(JSON))
#define OF_TARGET (ASKS | OPTION(TARGET))

/* clang-format off */
static const struct server_cli_verb verbs[] = {
	{{"status", {NULL}, 0, ASKS,
		"print the state of every target"},
		{"status"}, server_cli_ask, server_status_format},
	{{"stats", {"TARGET"}, 0, ASKS | OPTION(FOLLOW),
		"print what was timed and counted of every target, or one"},
		{"stats"}, server_cli_stats, server_stats_format},
	{{"metrics", {NULL}, 0, ASKS,
		"print the same for Prometheus"},
		{"metrics"}, server_cli_document, NULL},
	{{"targets", {"TARGET"}, 0, ASKS,
		"print the targets on which you have a role, or one"},
		{"targets", "target"}, server_cli_targets, server_targets_format},
	{{"events", {NULL}, 0, ASKS,
		"print what changes, a line each, until Ctrl-C"},
		{"events"}, server_cli_events, NULL},
	{{"snapshot", {NULL}, 0, OF_TARGET | OPTION(OUTPUT) | OPTION(WIDTH),
		"save a picture of a target, PNG or JPEG by the file's name"},
		{"snapshot"}, server_cli_snapshot, NULL},
	{{"type", {"TEXT"}, 0, OF_TARGET | OPTION(LAYOUT) | OPTION(VARIANT) |
			OPTION(DELAY) | OPTION(DRY_RUN),
		"type a text, or what standard input has"},
		{"type", "text", "type cancel"}, server_cli_type, NULL},
	{{"text", {NULL}, 0, OF_TARGET,
		"print how far a text is that is being typed"},
		{"text"}, server_cli_text, server_cli_text_format},
	{{"text cancel", {NULL}, 0, OF_TARGET,
		"type no more of it"},
		{"type cancel"}, server_cli_text_cancel, NULL},
	{{"key", {"CHORD..."}, 1, OF_TARGET,
		"press keys, such as ctrl-alt-del"},
		{"key"}, server_cli_key, NULL},
	{{"macro list", {NULL}, 0, OF_TARGET,
		"print the macros of a target"},
		{"macros"}, server_cli_macro_list, server_macros_format},
	{{"macro run", {"MACRO"}, 1, OF_TARGET,
		"press the keys of a macro"},
		{"macro run", "text", "type cancel"}, server_cli_macro_run, NULL},
	{{"macro put", {"MACRO", "KEYS..."}, 2, ASKS,
		"make a macro, or another one of that name"},
		{"macro put"}, server_cli_macro_put, NULL},
	{{"macro remove", {"MACRO"}, 1, ASKS,
		"remove a macro that was put so"},
		{"macro remove"}, server_cli_macro_remove, NULL},
	{{"layout", {"LAYOUT", "VARIANT"}, 0, OF_TARGET,
		"print the layout of a target's keyboard, or set it"},
		{"layout", "layout set"}, server_cli_layout, server_layout_format},
	{{"layouts", {NULL}, 0, ASKS,
		"print all layouts and their variants"},
		{"layouts"}, server_cli_ask, server_layouts_format},
	{{"pointer", {"X", "Y"}, 2, OF_TARGET | OPTION(CLICK),
		"move the pointer; 0 0 is the upper left corner, 1 1 the lower right"},
		{"pointer"}, server_cli_pointer, NULL},
	{{"edid", {NULL}, 0, OF_TARGET | OPTION(OUTPUT),
		"print which monitor a target believes to have"},
		{"edid"}, server_cli_edid, server_edid_format},
	{{"edid set", {"PRESET|FILE"}, 1, OF_TARGET,
		"let it believe in another one"},
		{"edid put"}, server_cli_edid_set, server_edid_format},
	{{"sessions", {NULL}, 0, ASKS,
		"print who is logged in, where, and as what"},
		{"sessions"}, server_cli_ask, server_sessions_format},
	{{"disconnect", {"ID", "REASON"}, 1, ASKS,
		"send away the session of a number, and say why"},
		{"disconnect"}, server_cli_ask, server_disconnect_format},
	{{"control", {NULL}, 0, OF_TARGET,
		"print who has the keyboard of a target, and who asks for it"},
		{"control"}, server_cli_control, server_control_format},
	{{"control give", {"ID"}, 1, ASKS,
		"give the keyboard of its target to a session"},
		{"control give", "control act", "sessions"},
		server_cli_control_give, server_control_format},
	{{"control release", {"TARGET"}, 1, ASKS,
		"take the keyboard of a target from who has it"},
		{"control release", "control act"},
		server_cli_control_release, server_control_format},
	{{"config check", {"FILE"}, 0, ASKS,
		"tell what is wrong with a configuration, or with what comes"},
		{"config check"},
		server_cli_config_check, server_cli_config_format},
	{{"openapi", {NULL}, 0, ASKS,
		"print the description of the daemon's interface"},
		{"openapi"}, server_cli_document, NULL},
	{{"tls fingerprint", {"FILE"}, 0, ALL,
		"print what a certificate says, the machine's own or a file's"},
		{NULL}, server_cli_tls_fingerprint, NULL},
	{{"audit show", {"FILE..."}, 0, ASKS | OPTION(SINCE) | OPTION(EVENT),
		"print who did what, when, from where"},
		{"audit"}, server_cli_audit_show, NULL},
	{{"audit verify", {"FILE..."}, 0, ALL | OPTION(EXPECT),
		"tell whether the audit log was changed"},
		{NULL}, server_cli_audit_verify, NULL},
	{{"setup", {"NAME"}, 1, ALL,
		"make the first user, an admin, with the code of a new machine"},
		{"setup"}, server_cli_setup, NULL},
	{{"user add", {"NAME"}, 1, ASKS | OPTION(ROLE),
		"make a user, and ask for its password"},
		{"user add", "users"}, server_cli_user_add, NULL},
	{{"user passwd", {"NAME"}, 1, ASKS,
		"give a user another password"},
		{"user change", "users"}, server_cli_user_passwd, NULL},
	{{"user role", {"NAME", "ROLE..."}, 2, ASKS,
		"give a user other roles"},
		{"user change"}, server_cli_user_role, NULL},
	{{"user totp", {"NAME"}, 1, ASKS | OPTION(OFF),
		"make a user append one-time codes to its password"},
		{"user change"}, server_cli_user_totp, server_cli_totp_format},
	{{"user remove", {"NAME"}, 1, ASKS,
		"remove a user"},
		{"user remove"}, server_cli_user_remove, NULL},
	{{"user list", {NULL}, 0, ASKS,
		"print all users"},
		{"users"}, server_cli_user_list, server_cli_users_format},
	{{"token add", {"NAME"}, 1, ASKS | OPTION(ROLE) | OPTION(EXPIRES),
		"make a token for a machine, and print it, this once"},
		{"token add"}, server_cli_token_add, server_cli_token_format},
	{{"token list", {NULL}, 0, ASKS,
		"print all tokens, without what they are"},
		{"tokens"}, server_cli_token_list, server_cli_tokens_format},
	{{"token remove", {"TOKEN"}, 1, ASKS,
		"make a token good for nothing, at once"},
		{"token remove"}, server_cli_token_remove, NULL},
	{{"complete", {"WORD..."}, 0, ALL,
		"print what may come next on a command line, for the shell"},
		{NULL}, server_cli_complete, NULL},
};
/* clang-format on */
#undef OPTION
#undef OF_TARGET
#undef ASKS
#undef ALL

const struct server_cli_verb *server_cli_verb_at(size_t i)
{
	return i < COUNT(verbs) ? &verbs[i] : NULL;
}

static const struct server_verb *verb_at(size_t i)
{
	return i < COUNT(verbs) ? &verbs[i].verb : NULL;
}

bool server_cli_verb_asks(
		const struct server_cli_verb *verb, const char *operation)
{
	for (size_t i = 0; i < SERVER_CLI_OPERATIONS_MAX; i++)
		if (verb->operations[i] &&
				strcmp(verb->operations[i], operation) == 0)
			return true;
	/* Of any verb for one target, to find the only one. */
	return strcmp(operation, "targets") == 0;
}

const char *server_cli_verb_after(const struct server_cli_verb *verb,
		char *const words[], int words_n)
{
	const char *rest = verb->verb.name;

	for (int i = 0; i < words_n; i++) {
		size_t length = strlen(words[i]);

		if (strncmp(rest, words[i], length) != 0 || rest[length] != ' ')
			return NULL;
		rest += length + 1;
	}
	return rest;
}

const struct server_cli_verb *server_cli_verb_find(
		char *const words[], int words_n, int *name_words_n)
{
	const struct server_cli_verb *found = NULL;

	*name_words_n = 0;
	for (size_t i = 0; i < COUNT(verbs); i++)
		for (int n = *name_words_n + 1; n <= words_n; n++) {
			const char *last = server_cli_verb_after(
					&verbs[i], words, n - 1);

			if (!last || strcmp(last, words[n - 1]) != 0)
				continue;
			*name_words_n = n;
			found = &verbs[i];
		}
	return found;
}

static const struct server_help_line exits[] = {
		{"0", "done"},
		{"1", "it failed, or the daemon answered with an error or not at all"},
		{"2", "the command line is wrong"},
		{"3", "nobody was asked: no daemon there, or none that can be trusted"},
		{"4", "not allowed by token or role, or not yet again"},
		{"5", "not now: somebody else has the keyboard, or it is there already"},
};

const struct server_program server_program_rackhand = {
		.name = "rackhand",
		.summary = "ask rackhandd, and manage its users",
		.operands = "VERB [OPERAND]...",
		.options = options,
		.options_n = COUNT(options),
		.verb_at = verb_at,
		.exits = exits,
		.exits_n = COUNT(exits),
};

#undef COUNT
