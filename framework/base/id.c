/*
 * id.c - KSUIDs: names for submissions that nobody can guess.
 */
#include <assert.h>
#include <string.h>

#include <sodium.h>

#include "base/date.h"
#include "base/id.h"

enum {
	WORDS = PRG_ID_BYTES / 4,
	BASE = 62,
	GROUP = 3,			/* digits that are split off at once */
	GROUP_BASE = BASE * BASE * BASE
};

/* In the order of ASCII, so that text sorts as the bytes do. */
static const char digits[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* One number of 160 bits, most significant word first. */
struct number {
	uint32_t	words[WORDS];
};

static struct number
number_read(const unsigned char *p)
{
	struct number n;

	for (int i = 0; i < WORDS; i++, p += 4)
		n.words[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
		    (uint32_t)p[2] << 8 | p[3];
	return n;
}

static void
number_write(const struct number *n, unsigned char *p)
{
	for (int i = 0; i < PRG_ID_BYTES; i++)
		p[i] = (unsigned char)(n->words[i / 4] >> (24 - i % 4 * 8));
}

/* Divide by that of a group of digits; the remainder is the group. */
static unsigned
number_divide(struct number *n)
{
	uint64_t rest = 0;

	for (int i = 0; i < WORDS; i++) {
		rest = rest << 32 | n->words[i];
		n->words[i] = (uint32_t)(rest / GROUP_BASE);
		rest %= GROUP_BASE;
	}
	return (unsigned)rest;
}

/* Multiply by 62 and add; false if that is more than 160 bits. */
static bool
number_push(struct number *n, unsigned digit)
{
	uint64_t carry = digit;

	for (int i = WORDS - 1; i >= 0; i--) {
		carry += (uint64_t)n->words[i] * BASE;
		n->words[i] = (uint32_t)carry;
		carry >>= 32;
	}
	return carry == 0;
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
}

struct prg_id
prg_id_new(void)
{
	unsigned char bytes[PRG_ID_BYTES];
	uint32_t t = (uint32_t)(prg_now() / 1000 - PRG_ID_EPOCH);

	bytes[0] = (unsigned char)(t >> 24);
	bytes[1] = (unsigned char)(t >> 16);
	bytes[2] = (unsigned char)(t >> 8);
	bytes[3] = (unsigned char)t;
	randombytes_buf(bytes + 4, sizeof(bytes) - 4);
	return prg_id_format(bytes);
}

struct prg_id
prg_id_format(const unsigned char bytes[PRG_ID_BYTES])
{
	struct number n = number_read(bytes);
	struct prg_id id;

	for (int i = PRG_ID_LEN; i > 0; i -= GROUP) {
		unsigned rest = number_divide(&n);

		for (int k = 1; k <= GROUP; k++, rest /= BASE)
			id.text[i - k] = digits[rest % BASE];
	}
	id.text[PRG_ID_LEN] = '\0';
	return id;
}

bool
prg_id_parse(struct prg_span s, unsigned char bytes[PRG_ID_BYTES])
{
	struct number n = { { 0 } };
	int digit;

	if (s.len != PRG_ID_LEN)
		return false;
	for (size_t i = 0; i < PRG_ID_LEN; i++) {
		if ((digit = digit_value(s.p[i])) < 0 ||
		    !number_push(&n, (unsigned)digit))
			return false;
	}
	number_write(&n, bytes);
	return true;
}

int64_t
prg_id_time(const struct prg_id *id)
{
	unsigned char bytes[PRG_ID_BYTES];
	bool valid = prg_id_parse(prg_span(id->text), bytes);

	assert(valid);
	return valid ? (int64_t)number_read(bytes).words[0] + PRG_ID_EPOCH : 0;
}
