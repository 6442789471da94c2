/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hid-gadget/keymap.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

/*
 * Print screen has two codes: 0x54 is what the protocol asks for, 0xb7 what
 * the keyboard sends. So has each of the Korean keys.
 */
static const uint8_t xt_usages[] = {
		[0x01] = 0x29, /* escape */
		[0x02] = 0x1e, /* 1 */
		[0x03] = 0x1f, /* 2 */
		[0x04] = 0x20, /* 3 */
		[0x05] = 0x21, /* 4 */
		[0x06] = 0x22, /* 5 */
		[0x07] = 0x23, /* 6 */
		[0x08] = 0x24, /* 7 */
		[0x09] = 0x25, /* 8 */
		[0x0a] = 0x26, /* 9 */
		[0x0b] = 0x27, /* 0 */
		[0x0c] = 0x2d, /* - */
		[0x0d] = 0x2e, /* = */
		[0x0e] = 0x2a, /* backspace */
		[0x0f] = 0x2b, /* tab */
		[0x10] = 0x14, /* q */
		[0x11] = 0x1a, /* w */
		[0x12] = 0x08, /* e */
		[0x13] = 0x15, /* r */
		[0x14] = 0x17, /* t */
		[0x15] = 0x1c, /* y */
		[0x16] = 0x18, /* u */
		[0x17] = 0x0c, /* i */
		[0x18] = 0x12, /* o */
		[0x19] = 0x13, /* p */
		[0x1a] = 0x2f, /* [ */
		[0x1b] = 0x30, /* ] */
		[0x1c] = 0x28, /* enter */
		[0x1d] = 0xe0, /* left control */
		[0x1e] = 0x04, /* a */
		[0x1f] = 0x16, /* s */
		[0x20] = 0x07, /* d */
		[0x21] = 0x09, /* f */
		[0x22] = 0x0a, /* g */
		[0x23] = 0x0b, /* h */
		[0x24] = 0x0d, /* j */
		[0x25] = 0x0e, /* k */
		[0x26] = 0x0f, /* l */
		[0x27] = 0x33, /* ; */
		[0x28] = 0x34, /* ' */
		[0x29] = 0x35, /* ` */
		[0x2a] = 0xe1, /* left shift */
		[0x2b] = 0x31, /* backslash */
		[0x2c] = 0x1d, /* z */
		[0x2d] = 0x1b, /* x */
		[0x2e] = 0x06, /* c */
		[0x2f] = 0x19, /* v */
		[0x30] = 0x05, /* b */
		[0x31] = 0x11, /* n */
		[0x32] = 0x10, /* m */
		[0x33] = 0x36, /* , */
		[0x34] = 0x37, /* . */
		[0x35] = 0x38, /* / */
		[0x36] = 0xe5, /* right shift */
		[0x37] = 0x55, /* KP * */
		[0x38] = 0xe2, /* left alt */
		[0x39] = 0x2c, /* space */
		[0x3a] = 0x39, /* caps lock */
		[0x3b] = 0x3a, /* F1 */
		[0x3c] = 0x3b, /* F2 */
		[0x3d] = 0x3c, /* F3 */
		[0x3e] = 0x3d, /* F4 */
		[0x3f] = 0x3e, /* F5 */
		[0x40] = 0x3f, /* F6 */
		[0x41] = 0x40, /* F7 */
		[0x42] = 0x41, /* F8 */
		[0x43] = 0x42, /* F9 */
		[0x44] = 0x43, /* F10 */
		[0x45] = 0x53, /* num lock */
		[0x46] = 0x47, /* scroll lock */
		[0x47] = 0x5f, /* KP 7 */
		[0x48] = 0x60, /* KP 8 */
		[0x49] = 0x61, /* KP 9 */
		[0x4a] = 0x56, /* KP - */
		[0x4b] = 0x5c, /* KP 4 */
		[0x4c] = 0x5d, /* KP 5 */
		[0x4d] = 0x5e, /* KP 6 */
		[0x4e] = 0x57, /* KP + */
		[0x4f] = 0x59, /* KP 1 */
		[0x50] = 0x5a, /* KP 2 */
		[0x51] = 0x5b, /* KP 3 */
		[0x52] = 0x62, /* KP 0 */
		[0x53] = 0x63, /* KP . */
		[0x54] = 0x46, /* print screen */
		[0x55] = 0x6b, /* F16 */
		[0x56] = 0x64, /* 102nd */
		[0x57] = 0x44, /* F11 */
		[0x58] = 0x45, /* F12 */
		[0x59] = 0x67, /* KP = */
		[0x5a] = 0x6f, /* F20 */
		[0x5c] = 0x8c, /* international 6 */
		[0x5d] = 0x68, /* F13 */
		[0x5e] = 0x69, /* F14 */
		[0x5f] = 0x6a, /* F15 */
		[0x64] = 0x74, /* open */
		[0x65] = 0x7d, /* paste */
		[0x6d] = 0x72, /* F23 */
		[0x6f] = 0x73, /* F24 */
		[0x70] = 0x88, /* international 2 */
		[0x71] = 0x91, /* LANG2 */
		[0x72] = 0x90, /* LANG1 */
		[0x73] = 0x87, /* international 1 */
		[0x74] = 0x70, /* F21 */
		[0x76] = 0x94, /* LANG5 */
		[0x77] = 0x93, /* LANG4 */
		[0x78] = 0x92, /* LANG3 */
		[0x79] = 0x8a, /* international 4 */
		[0x7b] = 0x8b, /* international 5 */
		[0x7d] = 0x89, /* international 3 */
		[0x7e] = 0x85, /* KP , */
		[0x83] = 0x6c, /* F17 */
		[0x84] = 0x6e, /* F19 */
		[0x85] = 0x79, /* again */
		[0x86] = 0x76, /* props */
		[0x87] = 0x7a, /* undo */
		[0x8c] = 0x77, /* front */
		[0x8d] = 0x91, /* LANG2 */
		[0x9c] = 0x58, /* KP enter */
		[0x9d] = 0xe4, /* right control */
		[0xa0] = 0x7f, /* mute */
		[0xae] = 0x81, /* volume down */
		[0xb0] = 0x80, /* volume up */
		[0xb5] = 0x54, /* KP / */
		[0xb7] = 0x46, /* print screen */
		[0xb8] = 0xe6, /* right alt */
		[0xbc] = 0x7b, /* cut */
		[0xc1] = 0x7e, /* find */
		[0xc6] = 0x48, /* pause */
		[0xc7] = 0x4a, /* home */
		[0xc8] = 0x52, /* up */
		[0xc9] = 0x4b, /* page up */
		[0xcb] = 0x50, /* left */
		[0xcd] = 0x4f, /* right */
		[0xcf] = 0x4d, /* end */
		[0xd0] = 0x51, /* down */
		[0xd1] = 0x4e, /* page down */
		[0xd2] = 0x49, /* insert */
		[0xd3] = 0x4c, /* delete */
		[0xdb] = 0xe3, /* left GUI */
		[0xdc] = 0xe7, /* right GUI */
		[0xdd] = 0x65, /* menu */
		[0xde] = 0x66, /* power */
		[0xe8] = 0x78, /* stop */
		[0xf1] = 0x91, /* LANG2 */
		[0xf2] = 0x90, /* LANG1 */
		[0xf5] = 0x75, /* help */
		[0xf7] = 0x6d, /* F18 */
		[0xf8] = 0x7c, /* copy */
		[0xf9] = 0x71, /* F22 */
		[0xff] = 0,
};
static_assert(sizeof(xt_usages) == 256, "a set 1 code has 8 bits");

/*
 * Up to F12 the kernel numbers keys as set 1 does; of the others these are on
 * keyboards that make characters.
 */
#define EVDEV_LIKE_XT_END 0x59

static const struct {
	uint8_t evdev;
	uint8_t xt;
} evdev_codes[] = {
		{89, 0x73},  /* international 1 */
		{92, 0x79},  /* international 4 */
		{93, 0x70},  /* international 2 */
		{94, 0x7b},  /* international 5 */
		{96, 0x9c},  /* KP enter */
		{97, 0x9d},  /* right control */
		{98, 0xb5},  /* KP / */
		{100, 0xb8}, /* right alt */
		{121, 0x7e}, /* KP , */
		{122, 0x72}, /* LANG1 */
		{123, 0x71}, /* LANG2 */
		{124, 0x7d}, /* international 3 */
		{125, 0xdb}, /* left GUI */
		{126, 0xdc}, /* right GUI */
};

enum shift { PLAIN, SHIFT, ANY };

struct keysym {
	uint32_t keysym;
	uint8_t usage;
	uint8_t shift; /* enum shift */
};

/* Sorted by keysym. Meta, Super and Hyper are all the GUI keys. */
static const struct keysym keysyms_us[] = {
		{0x0020, 0x2c, ANY},     /* space */
		{0x0021, 0x1e, SHIFT},   /* ! */
		{0x0022, 0x34, SHIFT},   /* " */
		{0x0023, 0x20, SHIFT},   /* # */
		{0x0024, 0x21, SHIFT},   /* $ */
		{0x0025, 0x22, SHIFT},   /* % */
		{0x0026, 0x24, SHIFT},   /* & */
		{0x0027, 0x34, PLAIN},   /* ' */
		{0x0028, 0x26, SHIFT},   /* ( */
		{0x0029, 0x27, SHIFT},   /* ) */
		{0x002a, 0x25, SHIFT},   /* asterisk */
		{0x002b, 0x2e, SHIFT},   /* + */
		{0x002c, 0x36, PLAIN},   /* , */
		{0x002d, 0x2d, PLAIN},   /* - */
		{0x002e, 0x37, PLAIN},   /* . */
		{0x002f, 0x38, PLAIN},   /* / */
		{0x0030, 0x27, PLAIN},   /* 0 */
		{0x0031, 0x1e, PLAIN},   /* 1 */
		{0x0032, 0x1f, PLAIN},   /* 2 */
		{0x0033, 0x20, PLAIN},   /* 3 */
		{0x0034, 0x21, PLAIN},   /* 4 */
		{0x0035, 0x22, PLAIN},   /* 5 */
		{0x0036, 0x23, PLAIN},   /* 6 */
		{0x0037, 0x24, PLAIN},   /* 7 */
		{0x0038, 0x25, PLAIN},   /* 8 */
		{0x0039, 0x26, PLAIN},   /* 9 */
		{0x003a, 0x33, SHIFT},   /* : */
		{0x003b, 0x33, PLAIN},   /* ; */
		{0x003c, 0x36, SHIFT},   /* < */
		{0x003d, 0x2e, PLAIN},   /* = */
		{0x003e, 0x37, SHIFT},   /* > */
		{0x003f, 0x38, SHIFT},   /* ? */
		{0x0040, 0x1f, SHIFT},   /* @ */
		{0x0041, 0x04, SHIFT},   /* A */
		{0x0042, 0x05, SHIFT},   /* B */
		{0x0043, 0x06, SHIFT},   /* C */
		{0x0044, 0x07, SHIFT},   /* D */
		{0x0045, 0x08, SHIFT},   /* E */
		{0x0046, 0x09, SHIFT},   /* F */
		{0x0047, 0x0a, SHIFT},   /* G */
		{0x0048, 0x0b, SHIFT},   /* H */
		{0x0049, 0x0c, SHIFT},   /* I */
		{0x004a, 0x0d, SHIFT},   /* J */
		{0x004b, 0x0e, SHIFT},   /* K */
		{0x004c, 0x0f, SHIFT},   /* L */
		{0x004d, 0x10, SHIFT},   /* M */
		{0x004e, 0x11, SHIFT},   /* N */
		{0x004f, 0x12, SHIFT},   /* O */
		{0x0050, 0x13, SHIFT},   /* P */
		{0x0051, 0x14, SHIFT},   /* Q */
		{0x0052, 0x15, SHIFT},   /* R */
		{0x0053, 0x16, SHIFT},   /* S */
		{0x0054, 0x17, SHIFT},   /* T */
		{0x0055, 0x18, SHIFT},   /* U */
		{0x0056, 0x19, SHIFT},   /* V */
		{0x0057, 0x1a, SHIFT},   /* W */
		{0x0058, 0x1b, SHIFT},   /* X */
		{0x0059, 0x1c, SHIFT},   /* Y */
		{0x005a, 0x1d, SHIFT},   /* Z */
		{0x005b, 0x2f, PLAIN},   /* [ */
		{0x005c, 0x31, PLAIN},   /* backslash */
		{0x005d, 0x30, PLAIN},   /* ] */
		{0x005e, 0x23, SHIFT},   /* ^ */
		{0x005f, 0x2d, SHIFT},   /* _ */
		{0x0060, 0x35, PLAIN},   /* ` */
		{0x0061, 0x04, PLAIN},   /* a */
		{0x0062, 0x05, PLAIN},   /* b */
		{0x0063, 0x06, PLAIN},   /* c */
		{0x0064, 0x07, PLAIN},   /* d */
		{0x0065, 0x08, PLAIN},   /* e */
		{0x0066, 0x09, PLAIN},   /* f */
		{0x0067, 0x0a, PLAIN},   /* g */
		{0x0068, 0x0b, PLAIN},   /* h */
		{0x0069, 0x0c, PLAIN},   /* i */
		{0x006a, 0x0d, PLAIN},   /* j */
		{0x006b, 0x0e, PLAIN},   /* k */
		{0x006c, 0x0f, PLAIN},   /* l */
		{0x006d, 0x10, PLAIN},   /* m */
		{0x006e, 0x11, PLAIN},   /* n */
		{0x006f, 0x12, PLAIN},   /* o */
		{0x0070, 0x13, PLAIN},   /* p */
		{0x0071, 0x14, PLAIN},   /* q */
		{0x0072, 0x15, PLAIN},   /* r */
		{0x0073, 0x16, PLAIN},   /* s */
		{0x0074, 0x17, PLAIN},   /* t */
		{0x0075, 0x18, PLAIN},   /* u */
		{0x0076, 0x19, PLAIN},   /* v */
		{0x0077, 0x1a, PLAIN},   /* w */
		{0x0078, 0x1b, PLAIN},   /* x */
		{0x0079, 0x1c, PLAIN},   /* y */
		{0x007a, 0x1d, PLAIN},   /* z */
		{0x007b, 0x2f, SHIFT},   /* { */
		{0x007c, 0x31, SHIFT},   /* | */
		{0x007d, 0x30, SHIFT},   /* } */
		{0x007e, 0x35, SHIFT},   /* ~ */
		{0x00a0, 0x2c, ANY},     /* no-break space */
		{0xfe03, 0xe6, ANY},     /* ISO level 3 shift */
		{0xfe20, 0x2b, SHIFT},   /* ISO left tab */
		{0xfe50, 0x35, PLAIN},   /* dead grave */
		{0xfe51, 0x34, PLAIN},   /* dead acute */
		{0xfe52, 0x23, SHIFT},   /* dead circumflex */
		{0xfe53, 0x35, SHIFT},   /* dead tilde */
		{0xfe57, 0x34, SHIFT},   /* dead diaeresis */
		{0xff08, 0x2a, ANY},     /* backspace */
		{0xff09, 0x2b, ANY},     /* tab */
		{0xff0d, 0x28, ANY},     /* enter */
		{0xff13, 0x48, ANY},     /* pause */
		{0xff14, 0x47, ANY},     /* scroll lock */
		{0xff15, 0x46, ANY},     /* print screen */
		{0xff1b, 0x29, ANY},     /* escape */
		{0xff22, 0x8b, ANY},     /* international 5 */
		{0xff23, 0x8a, ANY},     /* international 4 */
		{0xff25, 0x93, ANY},     /* LANG4 */
		{0xff26, 0x92, ANY},     /* LANG3 */
		{0xff27, 0x88, ANY},     /* international 2 */
		{0xff2a, 0x94, ANY},     /* LANG5 */
		{0xff31, 0x90, ANY},     /* LANG1 */
		{0xff34, 0x91, ANY},     /* LANG2 */
		{0xff50, 0x4a, ANY},     /* home */
		{0xff51, 0x50, ANY},     /* left */
		{0xff52, 0x52, ANY},     /* up */
		{0xff53, 0x4f, ANY},     /* right */
		{0xff54, 0x51, ANY},     /* down */
		{0xff55, 0x4b, ANY},     /* page up */
		{0xff56, 0x4e, ANY},     /* page down */
		{0xff57, 0x4d, ANY},     /* end */
		{0xff61, 0x46, ANY},     /* print screen */
		{0xff63, 0x49, ANY},     /* insert */
		{0xff65, 0x7a, ANY},     /* undo */
		{0xff66, 0x79, ANY},     /* again */
		{0xff67, 0x65, ANY},     /* menu */
		{0xff68, 0x7e, ANY},     /* find */
		{0xff69, 0x78, ANY},     /* stop */
		{0xff6a, 0x75, ANY},     /* help */
		{0xff6b, 0x48, ANY},     /* pause */
		{0xff7e, 0xe6, ANY},     /* mode switch */
		{0xff7f, 0x53, ANY},     /* num lock */
		{0xff8d, 0x58, ANY},     /* KP enter */
		{0xff95, 0x5f, ANY},     /* KP 7 */
		{0xff96, 0x5c, ANY},     /* KP 4 */
		{0xff97, 0x60, ANY},     /* KP 8 */
		{0xff98, 0x5e, ANY},     /* KP 6 */
		{0xff99, 0x5a, ANY},     /* KP 2 */
		{0xff9a, 0x61, ANY},     /* KP 9 */
		{0xff9b, 0x5b, ANY},     /* KP 3 */
		{0xff9c, 0x59, ANY},     /* KP 1 */
		{0xff9d, 0x5d, ANY},     /* KP 5 */
		{0xff9e, 0x62, ANY},     /* KP 0 */
		{0xff9f, 0x63, ANY},     /* KP . */
		{0xffaa, 0x55, ANY},     /* KP * */
		{0xffab, 0x57, ANY},     /* KP + */
		{0xffac, 0x85, ANY},     /* KP , */
		{0xffad, 0x56, ANY},     /* KP - */
		{0xffae, 0x63, ANY},     /* KP . */
		{0xffaf, 0x54, ANY},     /* KP / */
		{0xffb0, 0x62, ANY},     /* KP 0 */
		{0xffb1, 0x59, ANY},     /* KP 1 */
		{0xffb2, 0x5a, ANY},     /* KP 2 */
		{0xffb3, 0x5b, ANY},     /* KP 3 */
		{0xffb4, 0x5c, ANY},     /* KP 4 */
		{0xffb5, 0x5d, ANY},     /* KP 5 */
		{0xffb6, 0x5e, ANY},     /* KP 6 */
		{0xffb7, 0x5f, ANY},     /* KP 7 */
		{0xffb8, 0x60, ANY},     /* KP 8 */
		{0xffb9, 0x61, ANY},     /* KP 9 */
		{0xffbd, 0x67, ANY},     /* KP = */
		{0xffbe, 0x3a, ANY},     /* F1 */
		{0xffbf, 0x3b, ANY},     /* F2 */
		{0xffc0, 0x3c, ANY},     /* F3 */
		{0xffc1, 0x3d, ANY},     /* F4 */
		{0xffc2, 0x3e, ANY},     /* F5 */
		{0xffc3, 0x3f, ANY},     /* F6 */
		{0xffc4, 0x40, ANY},     /* F7 */
		{0xffc5, 0x41, ANY},     /* F8 */
		{0xffc6, 0x42, ANY},     /* F9 */
		{0xffc7, 0x43, ANY},     /* F10 */
		{0xffc8, 0x44, ANY},     /* F11 */
		{0xffc9, 0x45, ANY},     /* F12 */
		{0xffca, 0x68, ANY},     /* F13 */
		{0xffcb, 0x69, ANY},     /* F14 */
		{0xffcc, 0x6a, ANY},     /* F15 */
		{0xffcd, 0x6b, ANY},     /* F16 */
		{0xffce, 0x6c, ANY},     /* F17 */
		{0xffcf, 0x6d, ANY},     /* F18 */
		{0xffd0, 0x6e, ANY},     /* F19 */
		{0xffd1, 0x6f, ANY},     /* F20 */
		{0xffd2, 0x70, ANY},     /* F21 */
		{0xffd3, 0x71, ANY},     /* F22 */
		{0xffd4, 0x72, ANY},     /* F23 */
		{0xffd5, 0x73, ANY},     /* F24 */
		{0xffe1, 0xe1, ANY},     /* left shift */
		{0xffe2, 0xe5, ANY},     /* right shift */
		{0xffe3, 0xe0, ANY},     /* left control */
		{0xffe4, 0xe4, ANY},     /* right control */
		{0xffe5, 0x39, ANY},     /* caps lock */
		{0xffe6, 0x39, ANY},     /* shift lock */
		{0xffe7, 0xe3, ANY},     /* left meta */
		{0xffe8, 0xe7, ANY},     /* right meta */
		{0xffe9, 0xe2, ANY},     /* left alt */
		{0xffea, 0xe6, ANY},     /* right alt */
		{0xffeb, 0xe3, ANY},     /* left GUI */
		{0xffec, 0xe7, ANY},     /* right GUI */
		{0xffed, 0xe3, ANY},     /* left hyper */
		{0xffee, 0xe7, ANY},     /* right hyper */
		{0xffff, 0x4c, ANY},     /* delete */
		{0x1008ff11, 0x81, ANY}, /* volume down */
		{0x1008ff12, 0x7f, ANY}, /* mute */
		{0x1008ff13, 0x80, ANY}, /* volume up */
		{0x1008ff2a, 0x66, ANY}, /* power */
		{0x1008ff57, 0x7c, ANY}, /* copy */
		{0x1008ff58, 0x7b, ANY}, /* cut */
		{0x1008ff6d, 0x7d, ANY}, /* paste */
};
static_assert(sizeof(keysyms_us) / sizeof(keysyms_us[0]) == 212,
		"no keysym got lost");

#define KEYSYM_UNICODE UINT32_C(0x01000000)
#define UNICODE_LATIN_1_END UINT32_C(0x100)

uint8_t hid_keymap_from_xt(uint32_t code)
{
	return code < sizeof(xt_usages) ? xt_usages[code] : 0;
}

uint8_t hid_keymap_from_evdev(uint32_t code)
{
	if (code < EVDEV_LIKE_XT_END)
		return code == 0x54 || code == 0x55 ? 0 : xt_usages[code];
	for (size_t i = 0; i < sizeof(evdev_codes) / sizeof(evdev_codes[0]);
			i++)
		if (evdev_codes[i].evdev == code)
			return xt_usages[evdev_codes[i].xt];
	return 0;
}

static int compare(const void *key, const void *element)
{
	const uint32_t *keysym = key;
	const struct keysym *it = element;

	return (*keysym > it->keysym) - (*keysym < it->keysym);
}

struct hid_keymap_entry hid_keymap_from_keysym(uint32_t keysym)
{
	const struct keysym *found;

	/* Latin-1 has the same numbers in X and in Unicode */
	if (keysym >= KEYSYM_UNICODE &&
			keysym < KEYSYM_UNICODE + UNICODE_LATIN_1_END)
		keysym -= KEYSYM_UNICODE;
	found = bsearch(&keysym, keysyms_us,
			sizeof(keysyms_us) / sizeof(keysyms_us[0]),
			sizeof(keysyms_us[0]), compare);
	if (!found)
		return (struct hid_keymap_entry){.usage = 0};
	return (struct hid_keymap_entry){
			.usage = found->usage,
			.shift = found->shift == SHIFT,
			.any_shift = found->shift == ANY,
	};
}
