/*
 * network.c - numeric addresses, and lists of networks.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/network.h"
#include "base/scan.h"

enum { BITS = 128, V4_BITS = BITS - 32 };

/* IPv4 is in ::ffff:0:0/96 (RFC 4291, 2.5.5.2). */
struct network {
	struct in6_addr	addr;
	int		bits;		/* of the prefix */
};

static bool
parse(struct prg_span s, struct network *n)
{
	struct prg_span host, bits;
	bool has_bits = prg_span_split(s, '/', &host, &bits);
	bool v4 = host.len > 0 && memchr(host.p, ':', host.len) == NULL;
	long long count = v4 ? BITS - V4_BITS : BITS;
	char text[64];

	if (v4 && memchr(host.p, '.', host.len) == NULL)
		return false;		/* else "::ffff:" makes it valid */
	if ((size_t)snprintf(text, sizeof(text), "%s%.*s", v4 ? "::ffff:" : "",
	    (int)host.len, host.p) >= sizeof(text) ||
	    inet_pton(AF_INET6, text, &n->addr) != 1)
		return false;
	if (has_bits && (!prg_digits(bits, &count) ||
	    count > (v4 ? BITS - V4_BITS : BITS)))
		return false;
	n->bits = (v4 ? V4_BITS : 0) + (int)count;
	return true;
}

/* The address with the bits after a prefix cleared. */
static struct in6_addr
masked(struct in6_addr a, int bits)
{
	for (int i = bits; i < BITS; i++)
		a.s6_addr[i / 8] &= (unsigned char)~(0x80 >> i % 8);
	return a;
}

/* Take the next entry of the list; empty at the end. */
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
	struct in6_addr first;
	struct prg_span s;
	struct network n;

	while ((s = next(&list)).len > 0) {
		if (!parse(s, &n))
			return prg_error_set(err, "'%.*s' is neither an address"
			    " nor a network; write 10.0.0.1, 10.0.0.0/8 or ::1",
			    (int)s.len, s.p);
		first = masked(n.addr, n.bits);
		if (!IN6_ARE_ADDR_EQUAL(&first, &n.addr))
			return prg_error_set(err, "'%.*s' has bits behind its"
			    " prefix; write the first address of the network",
			    (int)s.len, s.p);
	}
	return 0;
}

static bool
has(const char *list, const struct in6_addr *a)
{
	struct in6_addr first;
	struct prg_span s;
	struct network n;

	while ((s = next(&list)).len > 0) {
		if (!parse(s, &n))
			continue;
		first = masked(*a, n.bits);
		if (IN6_ARE_ADDR_EQUAL(&first, &n.addr))
			return true;
	}
	return false;
}

bool
prg_networks_have(const char *list, const char *address)
{
	struct prg_span s = prg_span(address);
	struct network a;

	if (s.len > 2 && s.p[0] == '[' && s.p[s.len - 1] == ']')
		s = (struct prg_span){ s.p + 1, s.len - 2 };
	return parse(s, &a) && a.bits == BITS && has(list, &a.addr);
}

bool
prg_networks_admit(const char *list, const struct sockaddr *sa)
{
	struct in6_addr a = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (sa->sa_family == AF_INET6)
		a = ((const struct sockaddr_in6 *)(const void *)sa)->sin6_addr;
	else if (sa->sa_family == AF_INET)
		memcpy(a.s6_addr + 12, &((const struct sockaddr_in *)
		    (const void *)sa)->sin_addr, 4);
	else
		return false;
	return has(list, &a);
}

socklen_t
prg_address_read(const char *s, struct sockaddr_storage *out)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM
	};
	const char *colon = strrchr(s, ':');
	bool v6 = s[0] == '[' && colon != NULL && colon[-1] == ']';
	char host[INET6_ADDRSTRLEN];
	struct addrinfo *found;
	long long port;
	socklen_t len;

	if (colon == NULL || !prg_digits(prg_span(colon + 1), &port) ||
	    port < 1 || port > 65535)
		return 0;
	snprintf(host, sizeof(host), "%.*s", (int)(colon - s) - (v6 ? 2 : 0),
	    s + v6);
	if ((strchr(host, ':') != NULL) != v6 ||
	    getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return 0;
	len = found->ai_addrlen;
	memcpy(out, found->ai_addr, len);
	freeaddrinfo(found);
	return len;
}
