/*
 * test_network.c - which addresses a list has, and which lists are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <cmocka.h>

#include "base/network.h"

static const struct {
	const char	*list;
	const char	*address;
	bool		 has;
} rows[] = {
	{ "",				"127.0.0.1", false },
	{ "127.0.0.1",			"127.0.0.1", true },
	{ "127.0.0.1",			"127.0.0.2", false },
	{ "127.0.0.1",			"127.0.0.10", false },
	{ "127.0.0.10",			"127.0.0.1", false },
	{ "127.0.0.0/8",		"127.255.255.255", true },
	{ "127.0.0.0/8",		"128.0.0.0", false },
	{ "127.0.0.0/8",		"126.255.255.255", false },
	{ "10.20.0.0/15",		"10.21.255.255", true },
	{ "10.20.0.0/15",		"10.22.0.0", false },
	{ "10.0.0.128/25",		"10.0.0.128", true },
	{ "10.0.0.128/25",		"10.0.0.127", false },
	{ "10.0.0.1/32",		"10.0.0.1", true },
	{ "10.0.0.1/32",		"10.0.0.0", false },
	{ "10.0.0.0/31",		"10.0.0.1", true },
	{ "0.0.0.0/0",			"203.0.113.9", true },
	{ "0.0.0.0/0",			"::1", false },
	{ "0.0.0.0/0",			"2001:db8::1", false },
	{ "::1",			"::1", true },
	{ "::1",			"0:0:0:0:0:0:0:1", true },
	{ "::1",			"::2", false },
	{ "::1",			"127.0.0.1", false },
	{ "2001:DB8::/32",		"2001:db8:ffff::1", true },
	{ "2001:db8::/32",		"2001:db9::", false },
	{ "2001:db8::/127",		"2001:db8::1", true },
	{ "2001:db8::/127",		"2001:db8::2", false },
	{ "fe80::/10",			"febf::1", true },
	{ "fe80::/10",			"fec0::1", false },
	{ "::/0",			"2001:db8::1", true },
	{ "127.0.0.0/8",		"::ffff:127.0.0.1", true },
	{ "::ffff:127.0.0.1",		"127.0.0.1", true },
	{ "::ffff:10.0.0.0/104",	"10.1.2.3", true },
	{ "::ffff:10.0.0.0/104",	"11.1.2.3", false },
	{ "10.0.0.1,::1",		"::1", true },
	{ "10.0.0.1, ::1",		"10.0.0.1", true },
	{ " 10.0.0.1 ,, ::1,",		"::1", true },
	{ "10.0.0.1,::1",		"10.0.0.2", false },
	{ "127.0.0.0/8",		"", false },
	{ "127.0.0.0/8",		"unix:", false },
	{ "127.0.0.0/8",		"[::ffff:127.0.0.1]", true },
	{ "127.0.0.0/8",		"[::ffff:128.0.0.1]", false },
	{ "::1",			"[::1]", true },
	{ "10.0.0.0/8",			"[::ffff:10.9.8.7]", true },
	{ "127.0.0.0/8",		"[::ffff:127.0.0.1", false },
	{ "127.0.0.0/8",		"::ffff:127.0.0.1]", false },
	{ "127.0.0.0/8",		"[]", false },
	{ "127.0.0.0/8",		"127.0.0.1:80", false },
	{ "127.0.0.0/8",		"127.0.0.1 ", false },
	{ "127.0.0.0/8",		"127.1", false },
	{ "127.0.0.0/8",		"0127.0.0.1", false },
	{ "127.0.0.0/8",		"127.0.0.1/8", false },
	{ "fe80::/10",			"fe80::1%eth0", false },
	{ "nonsense,127.0.0.1",		"127.0.0.1", true }
};

static void
test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (prg_networks_have(rows[i].list, rows[i].address) !=
		    rows[i].has)
			fail_msg("\"%s\" in \"%s\"", rows[i].address,
			    rows[i].list);
}

static const struct {
	const char	*list;
	const char	*says;		/* NULL: nothing */
} lists[] = {
	{ "", NULL },
	{ "127.0.0.0/8,::1", NULL },
	{ "0.0.0.0/0 ::/0", NULL },
	{ "10.0.0.1/32, fd00::/8", NULL },
	{ "localhost", "'localhost' is neither an address nor a network" },
	{ "10.0.0.1,10.0.0", "'10.0.0' is neither" },
	{ "10.0.0.0/33", "'10.0.0.0/33' is neither" },
	{ "::/129", "'::/129' is neither" },
	{ "10.0.0.0/", "'10.0.0.0/' is neither" },
	{ "10.0.0.0/-1", "'10.0.0.0/-1' is neither" },
	{ "10.0.0.0/8/8", "'10.0.0.0/8/8' is neither" },
	{ "10.0.0.0/99999999999999999999", "is neither" },
	{ "/8", "'/8' is neither" },
	{ "::1::", "'::1::' is neither" },
	{ "10.0.0.1;10.0.0.2", "is neither" },
	{ "10.0.0.1/8", "'10.0.0.1/8' has bits behind its prefix" },
	{ "::1/64", "'::1/64' has bits behind its prefix" }
};

static void
test_checks(void **state)
{
	struct prg_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		err.text[0] = '\0';
		if (prg_networks_check(lists[i].list, &err) !=
		    (lists[i].says != NULL ? -1 : 0))
			fail_msg("\"%s\": \"%s\"", lists[i].list, err.text);
		if (lists[i].says != NULL &&
		    strstr(err.text, lists[i].says) == NULL)
			fail_msg("\"%s\" says \"%s\"", lists[i].list, err.text);
	}
}

/* Socket addresses, in the form of getnameinfo(3); NULL: invalid. */
static const struct {
	const char	*text, *host, *port;
	bool		 loopback;
} addresses[] = {
	{ "127.0.0.1:9000", "127.0.0.1", "9000", true },
	{ "127.255.0.9:1", "127.255.0.9", "1", true },
	{ "10.0.0.1:65535", "10.0.0.1", "65535", false },
	{ "0.0.0.0:80", "0.0.0.0", "80", false },
	{ "[::1]:9000", "::1", "9000", true },
	{ "[::ffff:127.0.0.1]:9000", "::ffff:127.0.0.1", "9000", true },
	{ "[2001:db8::1]:80", "2001:db8::1", "80", false },
	{ "::1:9000", NULL, NULL, false },
	{ "[127.0.0.1]:9000", NULL, NULL, false },
	{ "[::1]", NULL, NULL, false },
	{ "[]:9000", NULL, NULL, false },
	{ ":9000", NULL, NULL, false },
	{ "localhost:9000", NULL, NULL, false },
	{ "127.0.0.1", NULL, NULL, false },
	{ "127.0.0.1:", NULL, NULL, false },
	{ "127.0.0.1:0", NULL, NULL, false },
	{ "127.0.0.1:65536", NULL, NULL, false },
	{ "127.0.0.1:http", NULL, NULL, false },
	{ "127.0.0.1: 80", NULL, NULL, false },
	{ "127.0.0.1 :80", NULL, NULL, false },
	{ "", NULL, NULL, false }
};

static void
test_addresses(void **state)
{
	struct sockaddr_storage ss;
	char host[64], port[8];
	socklen_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		len = prg_address_read(addresses[i].text, &ss);
		if ((len > 0) != (addresses[i].host != NULL))
			fail_msg("%s: %u", addresses[i].text, len);
		if (len == 0)
			continue;
		assert_int_equal(getnameinfo((struct sockaddr *)&ss, len, host,
		    sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV), 0);
		assert_string_equal(host, addresses[i].host);
		assert_string_equal(port, addresses[i].port);
		assert_int_equal(prg_networks_admit("127.0.0.0/8,::1",
		    (struct sockaddr *)&ss), addresses[i].loopback);
	}
	assert_false(prg_networks_admit("0.0.0.0/0,::/0",
	    &(struct sockaddr){ .sa_family = AF_UNIX }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_addresses)
	};

	return cmocka_run_group_tests_name("network", tests, NULL, NULL);
}
