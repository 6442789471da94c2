// SPDX-License-Identifier: GPL-2.0-or-later
//
// Where the page begins.

document.title = 'rackhand';
