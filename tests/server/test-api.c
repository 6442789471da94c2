/* SPDX-License-Identifier: GPL-2.0-or-later */

/*
 * Who may do what: every route of the table with every role, before any handler
 * hears of it.
 */

#include "tests/server/api-rig.h"

static unsigned handled;
static struct server_api_call *kept;

static void handle(struct server_api_call *call)
{
	handled++;
	server_api_call_reply_done(call);
}

static void keep(struct server_api_call *call)
{
	kept = call;
}

#define ROUTES_MAX 128
static struct server_api_handler handlers[ROUTES_MAX];

/* The daemon of the rig, and handlers of our own. */
static struct server_api *open_api(
		struct api_rig *rig, void (*with)(struct server_api_call *call))
{
	struct server_api *api;

	assert_true(server_api_routes_n <= ROUTES_MAX);
	for (size_t i = 0; i < server_api_routes_n; i++)
		handlers[i] = (struct server_api_handler){
				server_api_routes[i].verb, with};
	assert_int_equal(server_api_create(&api, rig->daemon, &rig->figures,
					 handlers, server_api_routes_n),
			0);
	return api;
}

static void begin(struct api_rig *rig, struct server_api *api,
		struct server_api_call **call,
		const struct server_api_route *route, const char *target)
{
	json_t *request = json_pack("{s:s*}", "target", target);

	server_api_begin(api, call, route, request, &rig->caller, &api_asker,
			rig);
	json_decref(request);
}

/* Whether its handler heard of it; the status is the rig's. */
static bool ask(struct api_rig *rig, struct server_api *api,
		const struct server_api_route *route, const char *target)
{
	unsigned before = handled;
	unsigned answers = rig->answers;

	begin(rig, api, NULL, route, target);
	assert_int_equal(rig->answers, answers + 1);
	assert_int_equal(rig->status == 204, handled == before + 1);
	return handled > before;
}

static void every_route_is_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < server_api_routes_n; i++) {
		const struct server_api_route *route = &server_api_routes[i];

		assert_ptr_equal(server_api_find_verb(route->verb), route);
		assert_int_equal(!route->method, !route->path);
		/* Open or with a role, and never both. */
		assert_int_not_equal(
				route->open, route->needed != SERVER_ROLE_NONE);
		if (route->scope == SERVER_API_TARGET && route->path)
			assert_non_null(strstr(route->path, "/{target}"));
	}
	assert_null(server_api_find_verb("reboot"));
	assert_null(server_api_find_verb(""));
}

static void each_route_wants_its_role(void **state)
{
	static const char *const roles[] = {
			NULL, "viewer", "operator", "admin"};
	struct api_rig *rig = *state;
	struct server_api *api = open_api(rig, handle);

	for (size_t i = 0; i < server_api_routes_n; i++)
		for (int role = SERVER_ROLE_VIEWER; role < SERVER_ROLES;
				role++) {
			const struct server_api_route *route =
					&server_api_routes[i];
			bool may = route->open || (int)route->needed <= role;

			api_be(rig, roles[role]);
			assert_int_equal(ask(rig, api, route, "rack1"), may);
			if (!may)
				assert_int_equal(rig->status, 403);
		}
	server_api_destroy(api);
}

static void who_has_a_role_on_one_target_has_it_there(void **state)
{
	struct api_rig *rig = *state;
	struct server_api *api = open_api(rig, handle);

	api_be(rig, "admin@rack2");
	for (size_t i = 0; i < server_api_routes_n; i++) {
		const struct server_api_route *route = &server_api_routes[i];

		if (route->open)
			continue;
		if (route->scope == SERVER_API_TARGET) {
			assert_true(ask(rig, api, route, "rack2"));
			assert_false(ask(rig, api, route, "rack1"));
			assert_int_equal(rig->status, 404);
		} else {
			assert_int_equal(ask(rig, api, route, NULL),
					route->scope == SERVER_API_GLOBAL);
		}
	}
	server_api_destroy(api);
}

static void who_is_nobody_gets_what_is_open(void **state)
{
	struct api_rig *rig = *state;
	struct server_api *api = open_api(rig, handle);

	rig->caller = (struct server_caller){.kind = SERVER_CALLER_NOBODY};
	for (size_t i = 0; i < server_api_routes_n; i++) {
		const struct server_api_route *route = &server_api_routes[i];

		assert_int_equal(ask(rig, api, route, "rack1"), route->open);
		if (!route->open)
			assert_int_equal(rig->status, 401);
	}
	server_api_destroy(api);
}

/* So nobody learns which targets there are. */
static void a_target_that_is_none_is_like_one_of_others(void **state)
{
	const struct server_api_route *route = server_api_find_verb("snapshot");
	struct api_rig *rig = *state;
	struct server_api *api = open_api(rig, handle);
	char words[128];

	api_be(rig, "viewer@rack2");
	assert_false(ask(rig, api, route, "rack1"));
	snprintf(words, sizeof(words), "%s", api_error(rig));
	assert_false(ask(rig, api, route, "none"));
	assert_int_equal(rig->status, 404);
	assert_string_equal(api_error(rig), words);
	assert_false(ask(rig, api, route, NULL));
	assert_int_equal(rig->status, 404);
	server_api_destroy(api);
}

static void an_answer_for_nobody_is_forgotten(void **state)
{
	struct api_rig *rig = *state;
	struct server_api *api = open_api(rig, keep);
	struct server_api_call *call;

	begin(rig, api, &call, server_api_find_verb("status"), NULL);
	assert_non_null(call);
	assert_ptr_equal(call, kept);
	server_api_call_reply(kept, json_object());
	assert_null(call);
	assert_int_equal(rig->answers, 1);

	begin(rig, api, &call, server_api_find_verb("status"), NULL);
	server_api_call_abandon(call);
	assert_true(server_api_call_is_abandoned(kept));
	server_api_call_reply(kept, json_object());
	assert_int_equal(rig->answers, 1);

	begin(rig, api, &call, server_api_find_verb("status"), NULL);
	server_api_destroy(api);
	assert_int_equal(rig->answers, 2); /* none is left without one */
	assert_int_equal(rig->status, 0);
}

static void numbers_come_as_numbers_or_as_text(void **state)
{
	static const struct {
		const char *json;
		int rc;
		json_int_t value;
	} cases[] = {
			{"{\"n\":5}", 0, 5},
			{"{\"n\":\"5\"}", 0, 5},
			{"{\"n\":\"10\"}", 0, 10},
			{"{\"n\":0}", -EINVAL, 7},
			{"{\"n\":11}", -EINVAL, 7},
			{"{\"n\":\"11\"}", -EINVAL, 7},
			{"{\"n\":\"\"}", -EINVAL, 7},
			{"{\"n\":\" 5\"}", -EINVAL, 7},
			{"{\"n\":\"+5\"}", -EINVAL, 7},
			{"{\"n\":\"5x\"}", -EINVAL, 7},
			{"{\"n\":\"99999999999999999999\"}", -EINVAL, 7},
			{"{\"n\":5.0}", -EINVAL, 7},
			{"{\"n\":true}", -EINVAL, 7},
			{"{\"n\":null}", -EINVAL, 7},
			{"{\"m\":5}", -ENOENT, 7},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *request = json_loads(cases[i].json, 0, NULL);
		json_int_t value = 7;

		assert_int_equal(server_api_param_integer(
						 request, "n", 1, 10, &value),
				cases[i].rc);
		assert_int_equal(value, cases[i].value);
		json_decref(request);
	}
}

/* Whoever is refused is gone: nothing more may be asked of that call. */
static void each_operation_gets_along_with_nothing(void **state)
{
	struct api_rig *rig = *state;

	for (size_t i = 0; i < server_api_routes_n; i++) {
		const char *verb = server_api_routes[i].verb;

		api_ask(rig, verb, "{\"target\":\"rack1\"}");
		assert_in_range(rig->status, 200, 503);
		api_ask(rig, verb, "{}");
		assert_in_range(rig->status, 200, 503);
	}
}

static void a_route_without_a_handler_is_no_daemon(void **state)
{
	struct api_rig *rig = *state;
	struct server_api *api;

	log_set_level(LOG_LEVEL_ERROR);
	assert_int_equal(server_api_create(&api, rig->daemon, &rig->figures,
					 server_api_handlers,
					 server_api_handlers_n - 1),
			-ENOSYS);
	assert_null(api);
}

int main(void)
{
#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, api_set_up, api_tear_down)
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(every_route_is_whole),
			TEST(each_route_wants_its_role),
			TEST(who_has_a_role_on_one_target_has_it_there),
			TEST(who_is_nobody_gets_what_is_open),
			TEST(a_target_that_is_none_is_like_one_of_others),
			TEST(an_answer_for_nobody_is_forgotten),
			cmocka_unit_test(numbers_come_as_numbers_or_as_text),
			TEST(each_operation_gets_along_with_nothing),
			TEST(a_route_without_a_handler_is_no_daemon),
	};
#undef TEST

	return cmocka_run_group_tests(tests, NULL, NULL);
}
