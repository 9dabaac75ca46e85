/*
 * id.c - KSUIDs: unguessable names for submissions.
 */
#include <assert.h>
#include <endian.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <sodium.h>

#include "base/date.h"
#include "base/id.h"

enum {
	WORDS = PRG_ID_BYTES / 4,
	BASE = 62,
	GROUP = 5,			/* digits that fit a word */
	GROUP_BASE = 916132832,		/* 62 to the power of 5 */
	FIRST = PRG_ID_LEN % GROUP	/* digits before the first group */
};

/* In the order of ASCII, so that text sorts as the bytes do. */
static const char digits[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
}

/* Without this, libsodium ends a child that uses its parent's generator. */
int
prg_id_open(void)
{
	if (randombytes_set_implementation(
	    &randombytes_internal_implementation) == -1 || sodium_init() == -1)
		return -1;
	return pthread_atfork(NULL, NULL, randombytes_stir) == 0 ? 0 : -1;
}

/* The clock may have been put back since the latest ID was made. */
static _Atomic uint32_t latest;

static uint32_t
id_clock(void)
{
	int64_t now = prg_now() / 1000 - PRG_ID_EPOCH;
	uint32_t t = now < 0 ? 0 : now > UINT32_MAX ? UINT32_MAX :
	    (uint32_t)now, last = latest;

	while (t > last && !atomic_compare_exchange_weak(&latest, &last, t))
		;
	return t;
}

int64_t
prg_id_latest(void)
{
	return (int64_t)latest + PRG_ID_EPOCH;
}

struct prg_id
prg_id_new(void)
{
	unsigned char bytes[PRG_ID_BYTES];
	uint32_t t = htobe32(id_clock());

	memcpy(bytes, &t, sizeof(t));
	randombytes_buf(bytes + sizeof(t), sizeof(bytes) - sizeof(t));
	return prg_id_format(bytes);
}

/* Divide the number in the bytes, once for each group of digits. */
struct prg_id
prg_id_format(const unsigned char bytes[PRG_ID_BYTES])
{
	uint32_t words[WORDS];
	struct prg_id id;
	uint64_t rest = 0;

	memcpy(words, bytes, sizeof(words));
	for (int w = 0; w < WORDS; w++)
		words[w] = be32toh(words[w]);
	for (int i = PRG_ID_LEN - 1; i >= 0; i--, rest /= BASE) {
		for (int w = 0; w < WORDS && i % GROUP == FIRST - 1; w++) {
			rest = rest << 32 | words[w];
			words[w] = (uint32_t)(rest / GROUP_BASE);
			rest %= GROUP_BASE;
		}
		id.text[i] = digits[rest % BASE];
	}
	id.text[PRG_ID_LEN] = '\0';
	return id;
}

/* Multiply and add, for each group of digits; 27 may exceed 160 bits. */
bool
prg_id_parse(struct prg_span s, unsigned char bytes[PRG_ID_BYTES])
{
	uint32_t words[WORDS] = { 0 };
	uint64_t carry = 0;
	int digit;

	if (s.len != PRG_ID_LEN)
		return false;
	for (size_t i = 0; i < PRG_ID_LEN; i++) {
		if ((digit = digit_value(s.p[i])) < 0)
			return false;
		carry = carry * BASE + (uint64_t)digit;
		if (i % GROUP != FIRST - 1)
			continue;
		for (int w = WORDS - 1; w >= 0; w--) {
			carry += (uint64_t)words[w] * GROUP_BASE;
			words[w] = (uint32_t)carry;
			carry >>= 32;
		}
		if (carry != 0)
			return false;
	}
	for (int w = 0; w < WORDS; w++)
		words[w] = htobe32(words[w]);
	memcpy(bytes, words, sizeof(words));
	return true;
}

int64_t
prg_id_time(const struct prg_id *id)
{
	unsigned char bytes[PRG_ID_BYTES];
	bool valid = prg_id_parse(prg_span(id->text), bytes);
	uint32_t t;

	assert(valid);
	if (!valid)
		return 0;
	memcpy(&t, bytes, sizeof(t));
	return (int64_t)be32toh(t) + PRG_ID_EPOCH;
}

uint32_t
prg_id_hash(const struct prg_id *id)
{
	uint32_t last;

	memcpy(&last, id->text + PRG_ID_LEN - sizeof(last), sizeof(last));
	return last * 0x9e3779b1 >> 16;
}

struct prg_id_mark
prg_id_mark(const struct prg_id *id)
{
	unsigned char hash[crypto_generichash_BYTES_MIN];
	struct prg_id_mark mark;

	crypto_generichash(hash, sizeof(hash), (const unsigned char *)id->text,
	    PRG_ID_LEN, NULL, 0);
	sodium_bin2hex(mark.text, sizeof(mark.text), hash, 4);
	return mark;
}
