"""kit.py - from an empty folder to a running service: the installed prg(1).

usage: python3 -B tests/kit/kit.py BIN

BIN has the library of a build without sanitizers.  It is installed in a folder, and all
else happens outside this tree.
"""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../lib")
import forms     # noqa: E402
from client import DEADLINE, Web     # noqa: E402
from harness import (     # noqa: E402
    NGINX, TOP, Place, Process, check_gone, environment, free_port, heed_ctrl_c, kill_all,
    processes, replace)
from page import Page     # noqa: E402
from runner import equal, has, lacks, start_suite, status     # noqa: E402
from setups import APACHE, HAPROXY, LIGHTTPD, Apache     # noqa: E402

NAME = "demo-shop"          # '-' cannot be in a variable of nginx


class Kit:
    """prg, installed; commands run in the folder of its place, or in one below."""

    def __init__(self, place):
        self.place, self.prefix = place, place.file("usr")
        self.app = place.file(NAME)
        self.env = environment(
            PATH=self.prefix + "/bin:" + os.environ["PATH"], TMPDIR=place.file("tmp"),
            PKG_CONFIG_PATH=self.prefix + "/lib/pkgconfig",
            LD_LIBRARY_PATH=self.prefix + "/lib")
        os.mkdir(place.file("tmp"))

    def run(self, *args, cwd=None):
        """The exit code, and what is said."""
        done = subprocess.run(args, capture_output=True, text=True, timeout=2 * DEADLINE,
                              cwd=cwd or self.place.folder, env=self.env)
        return done.returncode, done.stdout + done.stderr

    def good(self, *args, **kw):
        """What a command says that ends well."""
        code, said = self.run(*args, **kw)
        assert code == 0, f"{' '.join(args)} ends with {code}:\n{said}"
        return said

    def deploy(self, word):
        return self.good(
            "prg", "deploy", word, "--name", NAME, "--program", self.app + "/build/" + NAME,
            "--cache", self.place.file("check/cache"), "--logs", self.place.file("check/tmp"))


def installed(t, kit):
    with t.row("make install, with a PREFIX"):
        kit.good("make", "-s", "install", "B=" + kit.place.bin, "PREFIX=" + kit.prefix, cwd=TOP)
    with t.row("the folder of the library is not written in what it prints"):
        lacks(kit.deploy("nginx"), "share/prg")


# -- prg new ----------------------------------------------------------------------

def files(folder):
    return [p for p in glob.glob(folder + "/**", recursive=True, include_hidden=True)
            if os.path.isfile(p)]


def made(t, kit):
    with t.row("prg new makes a folder, and says how to go on"):
        has(kit.good("prg", "new", NAME), f"cd {NAME} && make test && prg dev")
    with t.row("its name is filled in everywhere"):
        found = files(kit.app)
        assert len(found) >= 8, found
        for path in found:
            lacks(path, "guestbook")
            with open(path) as f:
                lacks(f.read().lower(), "guestbook", path)
    with t.row("the files in deploy/ are those of prg deploy"):
        for word, name in (("nginx", "nginx.conf"), ("systemd", NAME + ".service"),
                           ("systemd-socket", NAME + ".socket")):
            with open(os.path.join(kit.app, "deploy", name)) as f:
                equal(f.read(), kit.good("prg", "deploy", word, cwd=kit.app))
    with t.row("its test is built, and passes"):
        has(kit.good("make", "test", cwd=kit.app), "[  PASSED  ] 2 test(s)")
    with t.row("make builds a program whose tables are valid"):
        kit.good("make", cwd=kit.app)
        equal(kit.good(f"build/{NAME}", "check", cwd=kit.app), "ok; templates: embedded\n")
    with t.row("make install puts it where the unit starts it"):
        kit.good("make", "install", "DESTDIR=" + kit.place.file("dest"), cwd=kit.app)
        with open(os.path.join(kit.app, "deploy", NAME + ".service")) as f:
            program = re.search("^ExecStart=([^ ]+)", f.read(), re.MULTILINE)[1]
        assert os.access(kit.place.file("dest") + program, os.X_OK), program


WRONG = [
    ("a folder that is there", ["new", NAME], 1, NAME),
    ("a name with a capital", ["new", "Demo"], 1, "a-z, 0-9 and '-'"),
    ("a name with a path", ["new", "../demo"], 1, "a-z, 0-9 and '-'"),
    ("a name that is a flag", ["new", "-demo"], 1, "a-z, 0-9 and '-'"),
    ("no name", ["new"], 2, "usage: prg new NAME"),
    ("no such server", ["deploy", "iis", "--name", "x"], 1, "there are nginx"),
    ("a path with a space", ["deploy", "nginx", "--socket", "/a b"], 2, "--socket: /a b: invalid"),
    ("a path with a semicolon", ["deploy", "nginx", "--socket", "/a;b"], 2, "invalid"),
    ("a flag without a value", ["deploy", "nginx", "--host"], 2, "--host: missing value"),
    ("an unknown flag", ["deploy", "nginx", "--port=1"], 2, "--port=1: unknown flag"),
    ("a folder without an app", ["deploy", "nginx"], 1, "give --name"),
    ("a name that the Makefile has", ["new", "test"], 1, "build/test is another file"),
    ("a port that is none", ["dev", "http"], 2, "http: not a port"),
    ("port 0", ["dev", "0"], 2, "0: not a port"),
    ("a port that is too large", ["dev", "65536"], 2, "65536: not a port"),
    ("an unknown command", ["serve"], 2, "serve: unknown command"),
]


def wrong(t, kit):
    for row, args, code, words in WRONG:
        with t.row(f"{row} is refused with a sentence"):
            got, said = kit.run("prg", *args)
            equal(got, code, "the exit code")
            has(said, words)
    with t.row("prg dev says which program is missing"):
        os.mkdir(kit.place.file("few"))
        for name in "sh", "dirname", "readlink", "sed":
            os.symlink(shutil.which(name), kit.place.file("few", name))
        got, said = kit.run("env", "PATH=" + kit.place.file("few"), kit.prefix + "/bin/prg",
                            "dev", "--name", "x")
        equal((got, said), (1, "prg: curl: not found; install it\n"))


# -- prg deploy -------------------------------------------------------------------

def write(kit, name, text):
    return kit.place.write("check/" + name, text)


def check_nginx(kit, text):
    write(kit, "site.conf", replace(text, "listen 80;", f"listen 127.0.0.1:{free_port()};"))
    conf = write(kit, "nginx.conf", NGINX.format(
        folder=kit.place.file("check"), processes="master_process off;"))
    return [kit.good("which", "nginx").strip(), "-t", "-e", "stderr", "-c", conf]


def check_apache(kit, text):
    write(kit, "site.conf", text)
    return ["apache2", "-t", "-f", write(kit, "apache.conf", APACHE.format(
        folder=kit.place.file("check"), user="www-data", group="www-data", port=free_port(),
        modules=Apache.modules(None, text)))]


def check_lighttpd(kit, text):
    write(kit, "site.conf", text)
    return ["lighttpd", "-tt", "-f", write(kit, "lighttpd.conf", LIGHTTPD.format(
        folder=kit.place.file("check"), port=free_port()))]


def check_caddy(kit, text):
    return ["env", "HOME=" + kit.place.file("check"), "caddy", "validate", "--adapter",
            "caddyfile", "--config", write(kit, "Caddyfile", text)]


def check_haproxy(kit, text):
    return ["haproxy", "-c", "-f", write(kit, "haproxy.cfg", HAPROXY), "-f",
            write(kit, "site.cfg", text)]


def check_systemd(kit, _):
    return ["systemd-analyze", "verify"] + [
        write(kit, f"{NAME}.{kind}", kit.deploy(word))
        for kind, word in (("service", "systemd"), ("socket", "systemd-socket"))]


CHECKS = {
    "nginx": check_nginx, "nginx-fcgiwrap": check_nginx,
    "apache": check_apache, "apache-fcgid": check_apache, "apache-cgid": check_apache,
    "lighttpd": check_lighttpd, "lighttpd-cgi": check_lighttpd,
    "caddy": check_caddy, "haproxy": check_haproxy,
    "h2o": lambda kit, text: ["h2o", "-t", "-c", write(kit, "h2o.yaml", text)],
    "systemd": check_systemd, "systemd-socket": check_systemd,
    "spawn-fcgi": lambda kit, text: ["sh", "-n", write(kit, "spawn.sh", text)],
}


def deployed(t, kit):
    with t.row("each file of prg deploy is checked here"):
        listed = re.search("there are (.*)", kit.run("prg", "deploy", "?", "--name", "x")[1])
        equal(listed[1].split(), list(CHECKS))
    for name in ("empty", "run", "tmp"):
        os.makedirs(kit.place.file("check", name))
    for word, check in CHECKS.items():
        with t.row(f"prg deploy {word}: the server accepts it, and it is this app's"):
            text = kit.deploy(word)
            has(text, NAME)
            lacks(text.lower(), "guestbook")
            said = kit.good(*check(kit, text))
            lacks(said.lower(), "warn")
            if check is check_systemd:
                equal(said, "")
    with t.row("flags are in the file"):
        text = kit.good("prg", "deploy", "nginx", "--name", "x", "--host", "x.org",
                        "--socket", "/run/y.sock")
        for line in ("server_name x.org;", "server unix:/run/y.sock;"):
            has(text, line)


# -- prg dev ----------------------------------------------------------------------

class Dev:
    """prg dev, in a session of its own."""

    def __init__(self, kit, *args):
        self.kit = kit
        self.process = Process(["sh", "-c", 'exec prg dev "$@" >&2', "sh", *args],
                               cwd=kit.app, start_new_session=True, env=kit.env,
                               preexec_fn=heed_ctrl_c)
        kit.place.servers.append(self.process)
        self.process.wait_for(" (Ctrl-C ends it)\n")
        self.web = Web(int(re.search(r" is at http://127\.0\.0\.1:(\d+)/ ", self.log)[1]))

    @property
    def log(self):
        return self.process.log

    def after(self, change, words):
        """Make the change, and wait until a line of the log has these words."""
        start, p = len(self.log), self.process
        change()
        with p.event:
            p.event.wait_for(lambda: p.ended or words in p.log[start:], DEADLINE)
            has(p.log[start:], words, "the log")

    def edit(self, name, old, new, words):
        path = os.path.join(self.kit.app, name)
        with open(path) as f:
            text = replace(f.read(), old, new)
        self.after(lambda: self.kit.place.write(path, text), words)

    def title(self):
        return Page(status(self.web.get("/"), 200).text).texts["h1"][0]

    def sign(self, name):
        """A form, filled and sent; the page behind the 303."""
        key = forms.get_key(self.web, "/")
        location = forms.location(forms.post(self.web, "/", key, name=name, stars="5"))
        return status(self.web.get(location), 200).text

    def end(self, number=signal.SIGINT):
        os.killpg(self.process.pid, number)
        return self.process.wait()


class Visitor(threading.Thread):
    """Reads the form again and again until it is told to stop."""

    def __init__(self, web):
        super().__init__()
        self.web, self.seen, self.over = web, [], False
        self.start()

    def run(self):
        while not self.over:
            try:
                self.seen.append(self.web.get("/").status)
            except OSError as e:
                self.seen.append(e)

    def stop(self):
        self.over = True
        self.join()
        return self.seen


def rebuilt(t, dev):
    with t.row("a changed source is built and served, and no visitor is refused"):
        visitor = Visitor(dev.web)
        try:
            dev.edit("app.c", ".title = \"Demo-shop\"", ".title = \"Orders\"",
                     f"{NAME} restarted")
        finally:
            seen = visitor.stop()
        equal(dev.title(), "Orders")
        equal(set(seen), {200}, "what a visitor got meanwhile")
    with t.row("a compile error is shown, and the previous program keeps running"):
        dev.edit("app.c", "\treturn prg_created(r);", "\treturn prg_creatd(r);",
                 "the build failed; the previous program keeps running")
        has(dev.log, "app.c:")
        has(dev.log, "error:")
        equal(dev.title(), "Orders")
        has(dev.sign("Bob"), "Thank you, Bob")
    with t.row("a program that does not start is no reason to end"):
        dev.edit("app.c", "\treturn prg_creatd(r);", "\treturn prg_created(r) ;",
                 "restarted")
        dev.edit("app.c", '{ "/", .title', '{ "no slash", .title',
                 "did not start; the previous program keeps running")
        equal(dev.title(), "Orders")
    with t.row("mended, it is served"):
        dev.edit("app.c", '{ "no slash", .title = "Orders"', '{ "/", .title = "Mended"',
                 "restarted")
        equal(dev.title(), "Mended")
    with t.row("a template that has changed is served, and is in the next program"):
        dev.edit("templates/result.mustache", "<p>You gave ", "<p>It was ", "restarted")
        has(dev.sign("Cid"), "<p>It was 5 of 5 stars.</p>")
    with t.row("a template that is new is seen"):
        path = os.path.join(dev.kit.app, "templates", "hint.mustache")
        dev.after(lambda: dev.kit.place.write(path, "<p>A hint of ours</p>"), "restarted")
        dev.after(lambda: os.unlink(path), "restarted")


def served(t, kit):
    with t.row("prg dev serves the form: 303, and the result behind it"):
        dev = Dev(kit)
        has(dev.sign("Ann"), "Thank you, Ann")
    with t.row("nginx complains about nothing, from the first request on"):
        lacks(dev.log, "[crit]")
        lacks(dev.log, "[error]")
    rebuilt(t, dev)
    with t.row("another one beside it has a port of its own, and the same data"):
        other = Dev(kit)
        assert other.web.port != dev.web.port
        has(other.sign("Eve"), "Thank you, Eve")
        equal(other.end(), 0)
        has(dev.sign("Fay"), "Thank you, Fay")
    with t.row("a change is served by both"):
        other = Dev(kit, str(free_port()))
        dev.edit("app.c", '"Mended"', '"Both"', "restarted")
        other.process.wait_for("restarted")
        equal((dev.title(), other.title()), ("Both", "Both"))
        equal(other.end(signal.SIGTERM), 0)
    with t.row("a program that has crashed is said, and starts again with the next change"):
        crash, = (p for p in processes(kit.place.folder) if ran(p).startswith("./build/"))
        dev.after(lambda: os.kill(crash, signal.SIGKILL), f"{NAME} has ended")
        dev.edit("app.c", '"Both"', '"Alive"', " event=start ")
        equal(dev.title(), "Alive")
    with t.row("a port that is taken is refused with a sentence"):
        code, said = kit.run("prg", "dev", str(dev.web.port), cwd=kit.app)
        equal(code, 1)
        has(said, f"port {dev.web.port}: in use")
    with t.row("an nginx that does not start is said, once"):
        kit.place.write("usr/bin/nginx", "#!/bin/sh\necho no such nginx >&2\nexit 1\n")
        os.chmod(kit.place.file("usr/bin/nginx"), 0o755)
        code, said = kit.run("prg", "dev", cwd=kit.app)
        os.unlink(kit.place.file("usr/bin/nginx"))
        equal(code, 1)
        has(said, "prg: nginx did not start\n")
        equal(said.count("no such nginx"), 1)
    with t.row("Ctrl-C leaves no process and no temporary file"):
        equal(dev.end(), 0)
        check_gone(kit.place.folder)
        equal(os.listdir(kit.place.file("tmp")), [])


def ran(pid):
    """The command line of a process."""
    with open(f"/proc/{pid}/cmdline") as f:
        return f.read()


def ended(t, kit):
    for number in (signal.SIGHUP, signal.SIGTERM):
        with t.row(f"{number.name} ends all of it"):
            Dev(kit).end(number)
            check_gone(kit.place.folder)
    with t.row("SIGKILL to the tool alone leaves no process"):
        os.kill(Dev(kit).process.pid, signal.SIGKILL)
        check_gone(kit.place.folder)
    with t.row("a folder whose first build fails: the error, and the form once it is mended"):
        path = os.path.join(kit.app, "app.c")
        with open(path) as f:
            good = f.read()
        kit.place.write(path, good.replace("int\nmain", "int int\nmain"))
        process = Process(["sh", "-c", 'exec prg dev >&2'], cwd=kit.app,
                          start_new_session=True, env=kit.env, preexec_fn=heed_ctrl_c)
        kit.place.servers.append(process)
        process.wait_for("prg: the build failed\n")
        kit.place.write(path, good)
        process.wait_for(" (Ctrl-C ends it)\n")
        os.killpg(process.pid, signal.SIGINT)
        process.wait()


# -- All of it --------------------------------------------------------------------

def main(bin):
    suite = start_suite("kit")
    with Place(suite, bin) as place:
        kit = Kit(place)
        try:
            for part in (installed, made, wrong, deployed, served, ended):
                suite.run("kit, " + part.__name__, lambda t, part=part: part(t, kit))
        finally:
            kill_all(place.folder)
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
