/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "server/user-describe.h"

json_t *server_user_describe(const struct server_user *user)
{
	char roles[SERVER_GRANTS_TEXT_BYTES];

	server_grants_format(&user->grants, roles);
	return json_pack("{s:s, s:s, s:b}", "name", user->name, "roles", roles,
			"totp", user->totp[0] != '\0');
}
