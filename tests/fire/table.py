"""table.py - what a peer may send, and what comes of it."""
from client import ABORT, BEGIN, END, PARAMS, STDERR, STDIN, STDOUT, size
from wire import AUTHORIZER, DATA, FILTER, GET_VALUES, ask, begin, get, head, pairs, stream
from wire import post, post_head, record

CAP = 64 << 10          # --max-params
MAX_CONNS, MAX_REQS, MPXS = "FCGI_MAX_CONNS", "FCGI_MAX_REQS", "FCGI_MPXS_CONNS"
CONNECTIONS = 4000      # of the app, at most
ALL_VALUES = f"values {MAX_CONNS}={CONNECTIONS} {MAX_REQS}={CONNECTIONS} {MPXS}=0"
GONE = object()         # after it the peer sends nothing more


def filled(n):
    """PARAMS of that many bytes."""
    content = pairs()
    value = n - len(content) - 1 - 4 - 1
    return content + size(1) + (value | 1 << 31).to_bytes(4, "big") + b"X" + b"v" * value


def with_params(content):
    return begin() + stream(PARAMS, content) + record(STDIN)


def lying(name, value, content=b"AB"):
    """A pair with lengths that are none of its own."""
    return with_params(pairs() + name + value + content)


def at_length(n):
    """CONTENT_LENGTH says so, the body has 7 bytes."""
    return post(length=n)


# What is sent, and what comes of it: a status, "end N" for END_REQUEST with that protocol
# status alone, "of N" if its request is not 1, "kept" if the connection can be used on.
# With GONE the peer sends no more, so what it sent is all that there will be.
TABLE = [
    # -- requests in all shapes
    ("a GET", get(), "200, kept"),
    ("a POST", post(), "303, kept"),
    ("not to be kept", get(flags=0), "200, closed"),
    ("flags that mean nothing", get(flags=0xff), "200, kept"),
    ("request 65535", get(65535), "200 of 65535, kept"),
    ("three at once", get() + post() + get(7), "200, 303, 200 of 7, kept"),
    ("PARAMS of a byte each", begin() + stream(PARAMS, pairs(), most=1) + record(STDIN),
     "200, kept"),
    ("STDIN of a byte each", post_head() + stream(STDIN, b"text=Hi", most=1), "303, kept"),
    ("255 bytes of padding everywhere",
     begin(padding=255) + stream(PARAMS, pairs("POST", body="text=Hi"), padding=255) +
     stream(STDIN, b"text=Hi", padding=255), "303, kept"),
    ("lengths of four bytes where one would do",
     lying(b"\x80\0\0\1", b"\x80\0\0\1"), "200, kept"),
    ("no params", begin() + record(PARAMS) + record(STDIN), "400, kept"),
    ("PARAMS at the cap", with_params(filled(CAP)), "200, kept"),
    ("as many params as fit", with_params(pairs() + b"\1\0A" * 20000), "200, kept"),

    # -- what is no request
    ("nothing", GONE, "closed"),
    ("HTTP", b"GET / HTTP/1.1\r\n\r\n", "closed"),
    ("TLS", b"\x16\3\1\2\0\1\0\1\xfc\3\3", "closed"),
    ("64 KB of zeros", bytes(65536), "closed"),
    ("version 0", begin(version=0) + get()[16:], "closed"),
    ("version 2", begin(version=2) + get()[16:], "closed"),
    ("version 2 in PARAMS", begin() + record(PARAMS, pairs(), version=2), "closed"),
    ("version 2 in STDIN", post_head() + record(STDIN, b"text=Hi", version=2), "400, closed"),
    ("BEGIN of no bytes", record(BEGIN) + get()[16:], "closed"),
    ("BEGIN of 7 bytes", record(BEGIN, b"\0\1\1\0\0\0\0") + get()[16:], "closed"),
    ("BEGIN of 9 bytes", record(BEGIN, b"\0\1\1\0\0\0\0\0\0") + get()[16:], "closed"),
    ("an authorizer", begin(role=AUTHORIZER) + get()[16:], "end 3, closed"),
    ("a filter", begin(role=FILTER) + get()[16:], "end 3, closed"),
    ("role 0", begin(role=0) + get()[16:], "end 3, closed"),
    ("role 65535, request 9", begin(9, role=65535), "end 3 of 9, closed"),

    # -- questions
    ("all values", ask(MPXS, MAX_REQS, MAX_CONNS), f"{ALL_VALUES}, kept"),
    ("no values", ask(), "values, kept"),
    ("values that we don't know", ask("A", "", MPXS), f"values {MPXS}=0, kept"),
    ("a value six times", ask(*[MAX_CONNS] * 6), f"values {MAX_CONNS}={CONNECTIONS}, kept"),
    ("64 KB of names", ask(*[MAX_CONNS] * 4000), f"values {MAX_CONNS}={CONNECTIONS}, kept"),
    ("a question that lies", record(GET_VALUES, b"\xff\xff\xff\xfe\xff\xff\xff\xfe", 0),
     "values, kept"),
    ("between requests", get() + ask(MPXS) + get(), f"200, values {MPXS}=0, 200, kept"),
    ("a question of type 12", record(12, b"what?", 0, 3), "unknown 12, kept"),
    ("of type 0", record(0, b"", 0), "unknown 0, kept"),
    ("of type 255", record(255, b"", 0), "unknown 255, kept"),
    ("BEGIN as a question", begin(0), "unknown 1, kept"),
    ("a question in PARAMS", begin() + ask(MPXS) + get()[16:], f"values {MPXS}=0, 200, kept"),
    ("a question in STDIN", post_head() + ask(MPXS), "400, closed"),

    # -- a second request on the connection
    ("BEGIN twice", begin() + get(), "closed"),
    ("BEGIN again in STDIN", post_head() + begin(), "400, closed"),
    ("another in PARAMS", begin() + begin(2) + get()[16:], "end 1 of 2, 200, kept"),
    ("another whole one in PARAMS", begin() + get(2) + get()[16:], "end 1 of 2, 200, kept"),
    ("another amid PARAMS", begin() + record(PARAMS, pairs()[:20]) + get(2) +
     stream(PARAMS, pairs()[20:]) + record(STDIN), "end 1 of 2, 200, kept"),
    ("another in STDIN", post_head() + begin(2) + stream(STDIN, b"text=Hi"),
     "end 1 of 2, 303, kept"),
    ("another whole one in STDIN", post_head() + post(2) + stream(STDIN, b"text=Hi"),
     "end 1 of 2, 303, kept"),
    ("two others", post_head() + begin(2) + begin(3) + stream(STDIN, b"text=Hi"),
     "end 1 of 2, end 1 of 3, 303, kept"),
    ("the rest of another after the end", post_head() + begin(2) + stream(STDIN, b"text=Hi") +
     post_head(2)[16:] + stream(STDIN, b"text=Hi", 2), "end 1 of 2, 303, kept"),

    # -- ABORT_REQUEST
    ("ABORT before a request", record(ABORT) + get(), "200, kept"),
    ("ABORT after BEGIN", begin() + record(ABORT), "end 0, closed"),
    ("ABORT in PARAMS", begin() + record(PARAMS, pairs()) + record(ABORT), "end 0, closed"),
    ("ABORT in STDIN", post_head() + record(STDIN, b"text") + record(ABORT), "400, closed"),
    ("ABORT after a request", post() + record(ABORT) + get(), "303, 200, kept"),
    ("ABORT of another in PARAMS", begin() + record(ABORT, b"", 2) + get()[16:], "200, kept"),
    ("ABORT of another in STDIN", post_head() + record(ABORT, b"", 2) +
     stream(STDIN, b"text=Hi"), "303, kept"),

    # -- records where they should not be
    ("PARAMS before BEGIN", record(PARAMS, pairs()) + get(), "200, kept"),
    ("STDIN before BEGIN", record(STDIN, b"text=Hi") + get(), "200, kept"),
    ("STDIN after its end", post() + stream(STDIN, b"text=Hi") + get(), "303, 200, kept"),
    ("STDIN in PARAMS", begin() + record(PARAMS, pairs()) + record(STDIN), "closed"),
    ("PARAMS after their end", post_head() + record(PARAMS, pairs()), "400, closed"),
    ("DATA", post_head() + record(DATA, b"text=Hi"), "400, closed"),
    ("DATA in PARAMS", begin() + record(DATA, b"x"), "closed"),
    ("STDOUT from the peer", post_head() + record(STDOUT, b"x"), "400, closed"),
    ("STDERR from the peer", post_head() + record(STDERR, b"x"), "400, closed"),
    ("END_REQUEST from the peer", post_head() + record(END, bytes(8)), "400, closed"),
    ("type 12 in STDIN", post_head() + record(12, b"x"), "400, closed"),

    # -- lengths that lie
    ("a name that is too long", lying(b"\5", b"\0"), "closed"),
    ("a value that is too long", lying(b"\1", b"\5"), "closed"),
    ("a value that is too short", lying(b"\1", b"\0"), "closed"),
    ("lengths of 0x7ffffffe", lying(*[b"\xff\xff\xff\xfe"] * 2), "closed"),
    ("lengths of 0x7fffffff", lying(*[b"\xff\xff\xff\xff"] * 2), "closed"),
    ("lengths that add up to 2^32", lying(b"\xff\xff\xff\xff", b"\x80\0\0\1"), "closed"),
    ("a length cut off", lying(b"\x80\0", b"", b""), "closed"),
    ("only one length", lying(b"\1", b"", b""), "closed"),
    ("no name", lying(b"\0", b"\2"), "closed"),
    ("a NUL in a name", lying(b"\2", b"\0", b"A\0"), "closed"),
    ("a NUL in a value", lying(b"\1", b"\1", b"A\0"), "closed"),
    ("'=' in a name", lying(b"\2", b"\0", b"A="), "closed"),
    ("PARAMS one byte over the cap", with_params(filled(CAP + 1)), "closed"),
    ("PARAMS of twice the cap", with_params(filled(2 * CAP)), "closed"),
    ("a megabyte of params", with_params(pairs() + b"\1\1AB" * (256 << 10)), "closed"),
    ("PARAMS that swallow what follows",
     begin() + record(PARAMS, pairs(), length=len(pairs()) + 99) + record(PARAMS), "closed", GONE),
    ("STDIN that swallows its end",
     post_head() + record(STDIN, b"text=Hi", length=99) + record(STDIN), "400, closed", GONE),
    ("padding that swallows the end",
     post_head() + record(STDIN, b"text=Hi")[:6] + b"\xff\0text=Hi" + record(STDIN),
     "303, closed", GONE),      # all of the form has come

    # -- CONTENT_LENGTH and the body
    ("as long as it says", at_length("7"), "303, kept"),
    ("shorter than it says", at_length("8"), "400, kept"),
    ("longer than it says", at_length("6"), "400, kept"),
    ("no length", at_length(""), "303, kept"),
    ("a length of 0", at_length("0"), "400, kept"),
    ("a length that is none", at_length("7x"), "400, kept"),
    ("a signed length", at_length("+7"), "400, kept"),
    ("a huge length", at_length("9" * 40), "400, kept"),
    ("more than is taken", at_length("999999999"), "413, kept"),
    ("a GET with a body", head() + stream(STDIN, b"text=Hi"), "200, kept"),
]
