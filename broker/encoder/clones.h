/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef ENCODER_CLONES_H
#define ENCODER_CLONES_H

/* Compiles a hot loop for processors with AVX2 and for any; the loader chooses before main. Not for
 * sanitizers, which are not set up yet when it does. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
#define ENCODER_CLONES
#else
#define ENCODER_CLONES __attribute__((target_clones("avx2", "default")))
#endif

#endif
