/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef GARASU_CONFIG_DOMAIN_H
#define GARASU_CONFIG_DOMAIN_H

/* Replaces a name, in Unicode or in A-labels, by its canonical form. Returns 0, or -EINVAL or
 * -ENOMEM, which leave it as it was. */
int domain_make_canonical(char **name) __attribute__((warn_unused_result));

#endif
