/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A target for the house's test.
 * Covers: broker/gateway/other.c */
