/*
 * ceiling.c - how much one client may store as drafts.
 *
 * Anybody can send invalid forms, so each client has a bucket that leaks: so
 * many bytes at once, then so many a second.  Beyond, invalid input is answered
 * with the form and nothing is stored.  Clients whose addresses have the same
 * hash share a bucket.
 */
#include <arpa/inet.h>
#include <sodium.h>
#include <string.h>

#include "base/clock.h"
#include "serve/req.h"

enum {
	BUCKETS = 1024,
	AT_ONCE = 2 << 20,		/* bytes */
	A_SECOND = 32 << 10,
	A_ROW = 512			/* bytes of a row beside its texts */
};

struct prg_ceiling {
	pthread_mutex_t	lock;
	struct bucket {
		int64_t	bytes;
		int64_t	then;		/* ms, when 'bytes' was right */
	}		buckets[BUCKETS];
};

void
prg_ceiling_open(struct prg_core *core)
{
	core->ceiling = prg_arena_get(&core->arena, sizeof(*core->ceiling));
	pthread_mutex_init(&core->ceiling->lock, NULL);
}

/* A network of IPv6 is one client: it has 2^64 addresses (RFC 4291, 2.5.4). */
static struct bucket *
bucket_of(const struct prg_req *r)
{
	const char *text = r->in.remote_addr != NULL ? r->in.remote_addr : "";
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	unsigned char address[16] = { 0 };
	unsigned char hash[crypto_shorthash_BYTES];
	uint16_t i;

	if (inet_pton(AF_INET6, text, address) != 1)
		inet_pton(AF_INET, text, address);
	else if (memcmp(address, mapped, sizeof(mapped)) != 0)
		memset(address + 8, 0, 8);
	crypto_shorthash(hash, address, sizeof(address),
	    prg_keys_naming(r->core->keys));
	memcpy(&i, hash, sizeof(i));
	return &r->core->ceiling->buckets[i % BUCKETS];
}

/* Add to the bytes of the client's bucket; what they are now. */
static int64_t
add(struct prg_req *r, int64_t bytes)
{
	struct prg_ceiling *c = r->core->ceiling;
	struct bucket *b = bucket_of(r);
	int64_t now = prg_clock_ms();

	pthread_mutex_lock(&c->lock);
	b->bytes -= (now - b->then) * A_SECOND / 1000;
	b->bytes = (b->bytes > 0 ? b->bytes : 0) + bytes;
	b->then = now;
	bytes = b->bytes;
	pthread_mutex_unlock(&c->lock);
	return bytes;
}

bool
prg_ceiling_admit(struct prg_req *r)
{
	return add(r, 0) < AT_ONCE;
}

void
prg_ceiling_add(struct prg_req *r, size_t bytes)
{
	add(r, (int64_t)bytes + A_ROW);
}
