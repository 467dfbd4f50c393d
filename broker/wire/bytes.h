/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef WIRE_BYTES_H
#define WIRE_BYTES_H

#include <stdint.h>

/* RFB's integers are big endian. */

static inline uint16_t read_u16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static inline uint32_t read_u32(const uint8_t *bytes)
{
	return (uint32_t)read_u16(bytes) << 16 | read_u16(bytes + 2);
}

static inline void write_u16(uint8_t *bytes, uint32_t value)
{
	bytes[0] = (uint8_t)(value >> 8);
	bytes[1] = (uint8_t)value;
}

static inline void write_u32(uint8_t *bytes, uint32_t value)
{
	write_u16(bytes, value >> 16);
	write_u16(bytes + 2, value);
}

#endif
