"""client.py - clients that send what a browser or a web server would, byte for byte.

Both clients take the same arguments, so a row of a table can go through nginx or
straight to the app's socket.  They show the header fields as they came.
"""
import io
import json
import socket
import struct

# Seconds after which a wait has failed.  Nothing here takes nearly as long, but sanitizers
# and a busy machine are slow.
DEADLINE = 30

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR = 1, 2, 3, 4, 5, 6, 7
FORM = "application/x-www-form-urlencoded"
NEVER = object()        # a Content-Length that is not sent


class Response:
    """A status, the fields in their order, and the body."""

    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def all(self, name):
        return [v for n, v in self.fields if n.lower() == name.lower()]

    def get(self, name):
        """The value of the field, None if it is missing; it must not be there twice."""
        values = self.all(name)
        assert len(values) <= 1, f"{name} came {len(values)} times: {values}"
        return values[0] if values else None

    @property
    def text(self):
        return self.body.decode()

    @property
    def json(self):
        return json.loads(self.body)

    def __str__(self):
        head = "".join(f"{n}: {v}\n" for n, v in self.fields)
        return f"{self.status}\n{head}\n{self.body[:1000].decode(errors='replace')}"


def parse_fields(lines):
    fields = []
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(": ")
        assert colon and name == name.strip(), f"not a field: {line!r}"
        fields.append((name, value))
    return fields


def encode(text):
    return text if isinstance(text, bytes) else text.encode()


# -- HTTP ------------------------------------------------------------------------

def http_bytes(method, target, headers=(), body=None, length=None, close=True):
    """One request.  Fields named in 'headers' replace those that it would have."""
    fields = {"Host": "guestbook.example"}
    if close:
        fields["Connection"] = "close"
    if body is not None:
        fields["Content-Type"] = FORM
        fields["Content-Length"] = str(len(encode(body)))
    named = {n.lower() for n, _ in headers}
    fields = [(n, v) for n, v in fields.items() if n.lower() not in named]
    fields = [(n, v) for n, v in fields + list(headers) if v is not None]
    if length is not None:
        fields = [f for f in fields if f[0] != "Content-Length"]
    head = [encode(method) + b" " + encode(target) + b" HTTP/1.1"]
    head += [encode(n) + b": " + encode(v) for n, v in fields]
    return b"\r\n".join(head) + b"\r\n\r\n" + encode(body or b"")


def read_response(s):
    """Read a socket to its end, as a response."""
    raw = b""
    while chunk := s.recv(65536):
        raw += chunk
    head, end, body = raw.partition(b"\r\n\r\n")
    assert end, f"no response, but {raw!r}"
    lines = head.split(b"\r\n")
    r = Response(int(lines[0].split()[1]), parse_fields(lines[1:]), body)
    if r.get("Transfer-Encoding") == "chunked":
        r.body = read_chunks(io.BytesIO(body))
    return r


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(encode(body)), encode(body))


def read_chunks(file):
    """The body that comes in chunks."""
    body = b""
    while True:
        n = int(file.readline(), 16)
        body += file.read(n)
        end = file.read(2)
        assert end == b"\r\n", f"a chunk of {n} does not end there, but {end!r} comes"
        if n == 0:
            return body


class Web:
    """A client of the web server."""

    def __init__(self, port):
        self.port = port

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), DEADLINE)

    def request(self, *args, **kw):
        """Send, then read to the end of the connection, so that no byte is missed."""
        with self.connect() as s:
            s.sendall(http_bytes(*args, **kw))
            return read_response(s)

    def get(self, target, **headers):
        return self.request("GET", target, as_fields(headers))

    def post(self, target, body, **headers):
        return self.request("POST", target, as_fields(headers), body)


def as_fields(names):
    """accept="x" as ("Accept", "x"), if_match as If-Match."""
    return [(n.replace("_", "-").title(), v) for n, v in names.items()]


class Browser:
    """A client that keeps its connection open from request to request."""

    def __init__(self, web):
        self.web = web
        self.open()

    def open(self):
        self.socket = self.web.connect()
        self.file = self.socket.makefile("rb")

    def request(self, *args, **kw):
        self.send(*args, **kw)
        return self.read()

    def send(self, *args, **kw):
        self.socket.sendall(http_bytes(*args, close=False, **kw))

    def read(self):
        line = self.file.readline()
        assert line.endswith(b"\r\n"), "the connection was closed"
        lines = []
        while (field := self.file.readline()) != b"\r\n":
            lines.append(field.rstrip(b"\r\n"))
        r = Response(int(line.split()[1]), parse_fields(lines), b"")
        if r.get("Transfer-Encoding") == "chunked":
            r.body = read_chunks(self.file)
        else:
            r.body = self.file.read(int(r.get("Content-Length") or 0))
        if r.get("Connection") == "close":
            self.close()
            self.open()
        return r

    def close(self):
        self.file.close()
        self.socket.close()


# -- FastCGI -----------------------------------------------------------------------

def record(kind, content=b"", number=1, padding=0, version=1, length=None):
    """One record; with 'length' its header gives that length, not the content's."""
    length = len(content) if length is None else length
    return struct.pack(">BBHHBx", version, kind, number, length, padding) + \
        content + b"\xff" * padding


def stream(kind, content, number=1, most=65535, padding=0):
    """The records of a stream, with the empty one at its end."""
    return b"".join(record(kind, content[i:i + most], number, padding)
                    for i in range(0, len(content), most)) + \
        record(kind, b"", number, padding)


def size(n):
    return bytes([n]) if n < 128 else struct.pack(">I", n | 1 << 31)


def params_bytes(pairs):
    return b"".join(size(len(n)) + size(len(v)) + n + v
                    for n, v in ((encode(n), encode(v)) for n, v in pairs))


def cgi_params(method, target, headers=(), body=None, length=None, more=()):
    """The params that nginx sends by deploy/nginx.conf; 'more' replaces those it names."""
    fields = {n.lower() for n, _ in headers}
    types = [v for n, v in headers if n.lower() == "content-type"]
    kind, *types = types or [FORM if body is not None else ""]
    if length is None:
        length = "" if body is None else str(len(encode(body)))
    pairs = [("GATEWAY_INTERFACE", "CGI/1.1"), ("REQUEST_METHOD", method),
             ("REQUEST_URI", target), ("CONTENT_TYPE", kind or ""),
             ("CONTENT_LENGTH", length), ("REMOTE_ADDR", "127.0.0.1"),
             ("SERVER_PORT", "80")]
    if "host" not in fields:
        pairs.append(("HTTP_HOST", "guestbook.example"))
    pairs += [("HTTP_" + n.upper().replace("-", "_"), v) for n, v in headers
              if n.lower() not in ("content-type", "content-length") and v is not None]
    pairs += [("HTTP_CONTENT_TYPE", v) for v in types]
    named = {n for n, _ in more}
    pairs = [(n, v) for n, v in pairs if n not in named] + list(more)
    return [(n, v) for n, v in pairs if v is not NEVER]


def fcgi_bytes(*args, keep=False, number=1, **kw):
    body = args[3] if len(args) > 3 else kw.get("body")
    return (record(BEGIN, struct.pack(">HB5x", 1, keep), number) +
            stream(PARAMS, params_bytes(cgi_params(*args, **kw)), number) +
            stream(STDIN, encode(body or b""), number))


def parse_cgi(raw, at=0):
    """A response of which Status is the first field, or with -1 the last."""
    head, end, body = raw.partition(b"\r\n\r\n")
    assert end, f"no response, but {raw!r}"
    fields = parse_fields(head.split(b"\r\n"))
    name, value = fields.pop(at)
    assert name == "Status", f"a field in the place of Status: {name}"
    return Response(int(value[:3]), fields, body)


class Fcgi:
    """One connection to the app's socket."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(DEADLINE)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def send(self, *args, **kw):
        self.socket.sendall(fcgi_bytes(*args, **kw))

    def read_record(self):
        head = self.file.read(8)
        assert len(head) == 8, f"the connection ended with {head!r}"
        version, kind, number, length, padding = struct.unpack(">BBHHBx", head)
        assert version == 1, f"not a record: {head!r}"
        return kind, number, self.file.read(length + padding)[:length]

    def read(self, number=1):
        """The response to one request; records of another are an error."""
        out = b""
        while True:
            kind, got, content = self.read_record()
            assert got == number, f"a record of request {got}, not {number}"
            if kind == STDOUT:
                out += content
            elif kind == END:
                return parse_cgi(out, -1)

    def request(self, *args, **kw):
        self.send(*args, **kw)
        return self.read()

    def at_end(self):
        """Whether the app has closed it, with nothing before that."""
        return self.file.read(1) == b""

    def close(self):
        self.file.close()
        self.socket.close()
