/*
 * network.c - lists of addresses and networks: "127.0.0.0/8, ::1".
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/network.h"
#include "base/text.h"

enum { BYTES = 16, BITS = 8 * BYTES, V4_BITS = BITS - 32 };

/* An address of IPv6, or one of IPv4 as ::ffff:0:0/96 has it (RFC 4291, 2.5.5.2). */
struct network {
	unsigned char	bytes[BYTES];
	int		bits;		/* that count */
};

static const unsigned char v4_prefix[V4_BITS / 8] = { [10] = 0xff, 0xff };

/* The address alone. */
static bool
parse_address(const char *p, size_t len, struct network *n)
{
	char text[INET6_ADDRSTRLEN];

	if (len >= sizeof(text))
		return false;
	memcpy(text, p, len);
	text[len] = '\0';
	n->bits = BITS;
	if (inet_pton(AF_INET6, text, n->bytes) == 1)
		return true;
	memcpy(n->bytes, v4_prefix, sizeof(v4_prefix));
	return inet_pton(AF_INET, text, n->bytes + sizeof(v4_prefix)) == 1;
}

/* The bits behind the '/', as they are counted in the address's own family. */
static bool
parse_bits(const char *p, size_t len, bool v4, struct network *n)
{
	int before = v4 ? V4_BITS : 0;
	long long bits;

	if (!prg_digits((struct prg_span){ p, len }, &bits) ||
	    bits > BITS - before)
		return false;
	n->bits = before + (int)bits;
	return true;
}

static bool
parse(const char *p, size_t len, struct network *n)
{
	const char *slash = memchr(p, '/', len);
	size_t first = slash != NULL ? (size_t)(slash - p) : len;
	bool v4 = memchr(p, ':', first) == NULL;

	return parse_address(p, first, n) && (slash == NULL ||
	    parse_bits(slash + 1, len - first - 1, v4, n));
}

static bool
bit(const unsigned char *bytes, int i)
{
	return (bytes[i / 8] >> (7 - i % 8) & 1) != 0;
}

/* Whether an address lies in a network. */
static bool
covers(const struct network *n, const struct network *address)
{
	for (int i = 0; i < n->bits; i++)
		if (bit(n->bytes, i) != bit(address->bytes, i))
			return false;
	return true;
}

/* Whether bits are set that do not count: then something else was meant. */
static bool
has_more(const struct network *n)
{
	for (int i = n->bits; i < BITS; i++)
		if (bit(n->bytes, i))
			return true;
	return false;
}

/* The next entry of the list; its length is 0 at the end. */
static struct prg_span
next(const char **list)
{
	struct prg_span s;

	*list += strspn(*list, ", ");
	s = (struct prg_span){ *list, strcspn(*list, ", ") };
	*list += s.len;
	return s;
}

int
prg_networks_check(const char *list, struct prg_error *err)
{
	struct prg_span s;
	struct network n;

	while ((s = next(&list)).len > 0) {
		if (!parse(s.p, s.len, &n))
			return prg_error_set(err, "'%.*s' is neither an address"
			    " nor a network; write 10.0.0.1, 10.0.0.0/8 or ::1",
			    (int)s.len, s.p);
		if (has_more(&n))
			return prg_error_set(err, "'%.*s' has bits behind its"
			    " prefix; write the first address of the network",
			    (int)s.len, s.p);
	}
	return 0;
}

bool
prg_networks_have(const char *list, const char *address)
{
	struct network n, a;
	struct prg_span s;

	if (!parse_address(address, strlen(address), &a))
		return false;
	while ((s = next(&list)).len > 0)
		if (parse(s.p, s.len, &n) && covers(&n, &a))
			return true;
	return false;
}
