/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/vnc/client.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <nettle/des.h>

/* Each byte of the key mirrored, DES, twice. */
void client_prove(const char *password, const uint8_t challenge[16],
		uint8_t response[16])
{
	uint8_t key[8] = {0};
	struct des_ctx des;

	for (size_t i = 0; i < 8 && password[i]; i++)
		for (unsigned bit = 0; bit < 8; bit++)
			key[i] |= (uint8_t)(((uint8_t)password[i] >> bit & 1)
					<< (7 - bit));
	des_set_key(&des, key);
	des_encrypt(&des, 16, response, challenge);
}

void client_init(struct client *client, bool alone)
{
	uint8_t init[24], name[256];

	client_send(client, alone ? "\0" : "\1", 1);
	if (client->cut)
		return;
	client_receive(client, init, sizeof(init));
	client->width_px = (uint32_t)init[0] << 8 | init[1];
	client->height_px = (uint32_t)init[2] << 8 | init[3];
	client_receive(client, name, init[23]);
	client->canvas = calloc((size_t)client->width_px * client->height_px,
			sizeof(uint32_t));
}

void client_shake_hands(struct client *client)
{
	client_expect(client, "RFB 003.008\n", 12);
	client_send(client, "RFB 003.008\n", 12);
	client_expect(client, "\1\1", 2);
	client_send(client, "\1", 1);
	client_expect(client, "\0\0\0\0", 4);
	client_init(client, false);
}

struct client *client_join(struct rig *rig)
{
	struct client *client = client_connect(rig);

	client_shake_hands(client);
	return client;
}
