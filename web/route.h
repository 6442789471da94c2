/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <stddef.h>

/*
 * Which of many routes a path and method belong to. A route's path is made of
 * words and parameters, "/api/targets/{target}/keys"; a parameter stands for
 * one segment of any text, decoded. A HEAD belongs to the route of GET.
 *
 * Threads: any.
 * Errors:  -ENOENT: no route has this path (404). -EOPNOTSUPP: some have, but
 *          none this method (405): see `allow`. -EINVAL: a '%' is wrong (400).
 *          -ENAMETOOLONG: nothing has so long a name (404).
 */
#define WEB_ROUTE_PARAMETERS_MAX 4
#define WEB_ROUTE_NAME_BYTES 32
#define WEB_ROUTE_VALUE_BYTES 256
#define WEB_ROUTE_ALLOW_BYTES 80

struct web_route {
	const char *method;
	const char *path;
};

struct web_match {
	size_t index;
	size_t parameters_n;
	struct {
		char name[WEB_ROUTE_NAME_BYTES];
		char value[WEB_ROUTE_VALUE_BYTES];
	} parameters[WEB_ROUTE_PARAMETERS_MAX];
	char allow[WEB_ROUTE_ALLOW_BYTES]; /* "GET, HEAD, PUT" */
};

/* `get` gives the routes one by one, up to `n`; the first that fits counts. */
int web_route_match(struct web_route (*get)(const void *routes, size_t index),
		const void *routes, size_t n, const char *method,
		const char *path, struct web_match *match);
