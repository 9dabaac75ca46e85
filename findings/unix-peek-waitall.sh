#!/bin/sh
# unix-peek-waitall.sh - does recv(MSG_PEEK | MSG_WAITALL) wait for all?
set -eu

# need PACKAGE VERSION: install the package if it is missing, then check it.
need()
{
	dpkg-query -s "$1" 2>/dev/null | grep -q '^Status: .* installed$' || {
		apt-get -qq update && apt-get -qq -y install \
		    --no-install-recommends "$1=$2"
	} >/dev/null || {
		echo "${0##*/}: cannot install $1=$2" >&2
		exit 2
	}
	v=$(dpkg-query -W -f '${Version}' "$1")
	[ "$v" = "$2" ] || {
		echo "${0##*/}: $1 is $v; this script needs $2" >&2
		exit 2
	}
	echo "version: $1 $v"
}

need gcc 4:12.2.0-3
need libc6-dev 2.36-9+deb12u14
echo "version: $(uname -sr)"
cat <<'END'
guess: recv(2) says that MSG_WAITALL waits for the full length, and names
    signals, errors and another type of data as the exceptions. So with
    MSG_PEEK it waits as well, on a stream socket of any family: a FastCGI
    server can peek at a whole record header.
behaviour: On TCP it waits. On a unix stream socket, MSG_WAITALL alone waits,
    but together with MSG_PEEK it returns at once with the bytes that are
    there. Code that passed its tests over TCP breaks on a unix socket, and
    only if the peer writes a header in two pieces.
output:
END

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 2' HUP INT TERM
cd "$dir"
cat >peek.c <<'END'
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Ask for 6 bytes: 3 are there, 3 come half a second later. */
static void
ask(int in, int out, const char *name, int flags)
{
	struct timespec half = { 0, 500000000 };
	char buf[6];
	long n;

	if (write(out, "abc", 3) != 3)
		exit(1);
	if (fork() == 0) {
		nanosleep(&half, NULL);
		_exit(write(out, "def", 3) != 3);
	}
	n = recv(in, buf, 6, flags);
	printf("%s: %ld of 6 bytes\n", name, n);
	wait(NULL);
	if (flags & MSG_PEEK)
		recv(in, buf, 6, MSG_WAITALL);
}

int
main(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int pair[2], s, in, out;

	setvbuf(stdout, NULL, _IONBF, 0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	s = socket(AF_INET, SOCK_STREAM, 0);
	out = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(s, (struct sockaddr *)&a, len) || listen(s, 1) ||
	    getsockname(s, (struct sockaddr *)&a, &len) ||
	    connect(out, (struct sockaddr *)&a, len) ||
	    (in = accept(s, NULL, NULL)) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return 1;
	ask(in, out, "TCP, MSG_WAITALL", MSG_WAITALL);
	ask(in, out, "TCP, MSG_PEEK | MSG_WAITALL", MSG_PEEK | MSG_WAITALL);
	ask(pair[0], pair[1], "unix, MSG_WAITALL", MSG_WAITALL);
	ask(pair[0], pair[1], "unix, MSG_PEEK | MSG_WAITALL",
	    MSG_PEEK | MSG_WAITALL);
	return 0;
}
END
gcc -Wall -o peek peek.c
./peek >seen
sed 's/^/    /' seen
cat >recorded <<'END'
TCP, MSG_WAITALL: 6 of 6 bytes
TCP, MSG_PEEK | MSG_WAITALL: 6 of 6 bytes
unix, MSG_WAITALL: 6 of 6 bytes
unix, MSG_PEEK | MSG_WAITALL: 3 of 6 bytes
END
cmp -s recorded seen || { echo "The behaviour has changed." >&2; exit 1; }
