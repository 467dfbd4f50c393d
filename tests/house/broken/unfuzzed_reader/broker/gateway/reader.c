/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the house's test must see. Reads untrusted bytes from:
 * the viewer. */
