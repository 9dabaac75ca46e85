/*
 * id.c - KSUIDs: names for submissions that nobody can guess.
 */
#include <assert.h>
#include <pthread.h>
#include <string.h>

#include <sodium.h>

#include "base/date.h"
#include "base/id.h"

enum {
	WORDS = PRG_ID_BYTES / 4,
	BASE = 62,
	GROUP = 3,			/* digits that are taken at once */
	GROUP_BASE = BASE * BASE * BASE
};

_Static_assert(PRG_ID_LEN % GROUP == 0, "an ID is a number of groups");

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

/* Add a group behind; false if that is more than 160 bits. */
static bool
number_push(struct number *n, unsigned group)
{
	uint64_t carry = group;

	for (int i = WORDS - 1; i >= 0; i--) {
		carry += (uint64_t)n->words[i] * GROUP_BASE;
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

/* Left alone, libsodium ends a child that asks its parent's generator. */
int
prg_id_open(void)
{
	if (randombytes_set_implementation(
	    &randombytes_internal_implementation) == -1 || sodium_init() == -1)
		return -1;
	return pthread_atfork(NULL, NULL, randombytes_stir) == 0 ? 0 : -1;
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
	unsigned group = 0;
	int digit;

	if (s.len != PRG_ID_LEN)
		return false;
	for (size_t i = 1; i <= PRG_ID_LEN; i++) {
		if ((digit = digit_value(s.p[i - 1])) < 0)
			return false;
		group = group * BASE + (unsigned)digit;
		if (i % GROUP != 0)
			continue;
		if (!number_push(&n, group))
			return false;
		group = 0;
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

struct prg_id_mark
prg_id_mark(const struct prg_id *id)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	struct prg_id_mark mark;

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)id->text,
	    PRG_ID_LEN, NULL, 0);
	sodium_bin2hex(mark.text, sizeof(mark.text), hash, PRG_ID_MARK / 2);
	return mark;
}
