"""What can't be right is refused at start, in one sentence that says what would be."""
import subprocess

from client import DEADLINE
from harness import Place, environment
from runner import equal, has, lacks

HERE = object()         # --listen at a good place

ROWS = [
    # name, flags, words of the sentence
    ("no threads", [HERE, "--threads", "0"], "--threads: 0: invalid; give a whole number from 1 to 1024"),
    ("threads that are no number", [HERE, "--threads", "x"], "--threads: x: invalid"),
    ("threads below zero", [HERE, "--threads", "-1"], "--threads: -1: invalid"),
    ("threads with a fraction", [HERE, "--threads", "1.5"], "--threads: 1.5: invalid"),
    ("threads left out", [HERE, "--threads="], "--threads: : invalid"),
    ("threads beyond all numbers", [HERE, "--threads", "9" * 30], "from 1 to 1024"),
    ("a body without an end", [HERE, "--max-body", "0"], "--max-body: 0: invalid"),
    ("nowhere to listen", [], "--listen: missing; give unix:PATH"),
    ("a place that is none", ["--listen", "nothing"], "give unix:PATH"),
    ("a path without unix:", ["--listen", "/tmp/app.sock"], "give unix:/tmp/app.sock"),
    ("unix: without a path", ["--listen", "unix:"], "missing path"),
    ("a port alone", ["--listen", ":9000"], "127.0.0.1:9000"),
    ("a host by its name", ["--listen", "localhost:9000"], "a numeric address"),
    ("a port beyond all", ["--listen", "127.0.0.1:65536"], "127.0.0.1:9000"),
    ("all the world", ["--listen", "0.0.0.0:9000"], "not a loopback address"),
    ("all the world by IPv6", ["--listen", "[::]:9000"], "not a loopback address"),
    ("a folder that is not there", ["--listen", "unix:/no/such/dir/x"],
     "/no/such/dir/x: No such file"),
    ("a path beyond its limit", ["--listen", "unix:/tmp/" + "x" * 200], "path too long"),
    ("a mode that is none", ["--listen", "unix:/tmp/x,mode=abc"], "octal number"),
    ("a base without a slash", [HERE, "--base", "app"], "invalid; give a path such as /app"),
    ("a base with a slash at its end", [HERE, "--base", "/app/"], "invalid; give a path such as /app"),
    ("a base with dots", [HERE, "--base", "/../app"], "invalid; give a path such as /app"),
    ("a base with a query", [HERE, "--base", "/app?x"], "invalid; give a path such as /app"),
    ("a store in no folder", [HERE, "--store", "/no/dir/x"], "--store: /no/dir/x: there is no folder /no/dir; create it"),
    ("a store that is a folder", [HERE, "--store", "/tmp"], "/tmp: can't be opened"),
    ("status for names", [HERE, "--status-from", "localhost"],
     "--status-from: 'localhost' is neither an address nor a network; write 10.0.0.1"),
    ("status for more than a network", [HERE, "--status-from", "::1,10.0.0.1/8"],
     "'10.0.0.1/8' has bits behind its prefix; write the first address"),
    ("a log level that is none", [HERE, "--log-level", "loud"], "error, warning, info or debug"),
    ("to rotate secrets that a file has", ["rotate", "--secret-file", "/tmp/x"],
     "put a new one on its first line"),
    ("a flag that is none", [HERE, "--nonsense"], "--nonsense: unknown flag"),
    ("a flag that is gone", [HERE, "--queue", "1"], "--queue: unknown flag; see --help"),
    ("a value left out", [HERE, "--store"], "--store: missing value"),
    ("a truth that is none", [HERE, "--dev=maybe"], "--dev: maybe: invalid; give 1 or 0"),
    ("a file of secrets without one", [HERE, "--secret-file", "/dev/null"],
     "--secret-file: /dev/null: empty; give 64 hex digits"),
    ("a file of secrets that is not there", [HERE, "--secret-file", "/no/file"],
     "--secret-file: /no/file: No such file"),
    ("templates in no folder", [HERE, "--templates", "/no/dir"], "/no/dir: No such file"),
]

VARIABLES = [
    ("PRG_THREADS", "0", "--threads: 0: invalid"),
    ("PRG_BASE", "app", "--base: app: invalid; give a path"),
    ("PRG_LISTEN", "nothing", "give unix:PATH"),
]

# The template, and what the sentence says: file, line, what was expected.
TEMPLATES = [
    ("a section without an end", "<p>\n{{#rows}}\n<b>{{value}}</b>\n",
     "result.mustache:2: expected"),
    ("an end without a section", "<p>\n\n{{/rows}}</p>\n", "result.mustache:3: expected"),
    ("a tag without an end", "<p>{{url</p>\n", "result.mustache:1: expected"),
    ("a partial that is not there", "<p>\n{{>nowhere}}</p>\n", "result.mustache:2: expected"),
    ("a value in a script", "<p>\n<script>{{url}}</script>\n", "result.mustache:2: "),
]


def start(place, flags, preexec_fn=None, **more):
    """The app's exit code and its sentence, given that it does not start."""
    listen = ["--listen", "unix:" + place.file("app.sock")]
    args = [a for f in flags for a in (listen if f is HERE else [f])]
    done = subprocess.run(place.args(*args), cwd=place.folder, env=environment(**more),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=DEADLINE, preexec_fn=preexec_fn)
    equal(done.stdout, "", "stdout")
    return done.returncode, done.stderr


def check(place, flags, words, **more):
    code, said = start(place, flags, **more)
    assert code in (1, 2), f"the exit code is {code}: {said}"
    has(said, words, "its sentence")
    equal(said[:11], "guestbook: ", "the beginning")
    equal(said.count("\n"), 1, f"the count of lines of {said!r}")


def files(t, place):
    """What is in the way and is not ours stays as it is."""
    path = place.write("file", "precious")
    with t.row("a socket's path where a file is"):
        check(place, ["--listen", "unix:" + path], "not a socket")
        with open(path) as f:
            equal(f.read(), "precious")
    garbage = "garbage, " * 1000
    path = place.write("garbage.db", garbage)
    with t.row("a store that is no database"):
        check(place, [HERE, "--store", path], "garbage.db: ")
        with open(path) as f:
            equal(f.read(), garbage)


def run(t, bin):
    with Place(t, bin) as place:
        for name, flags, words in ROWS:
            with t.row(name):
                check(place, flags, words)
        for name, value, words in VARIABLES:
            with t.row(f"the variable {name}"):
                flags = [] if name == "PRG_LISTEN" else [HERE]
                check(place, flags, words, **{name: value})
        files(t, place)
        for name, text, words in TEMPLATES:
            with t.row(f"a template with {name}"):
                place.write("templates/result.mustache", text)
                check(place, [HERE, "--templates", place.file("templates")], words)
        with t.row("an unknown command"):
            equal(start(place, ["dance"]),
                  (2, "guestbook: dance: unknown command; see --help\n"))
        with t.row("the words of a flag do not become a socket"):
            code, said = start(place, [HERE, "--threads", "0"])
            lacks(said, "usage")
