"""setups.py - each set-up of deploy/, started from the files there.

Only paths, ports, users and the prefix are replaced.  All runs in the foreground, in the
folder of the test, nothing through the init of the machine.
"""
import glob
import grp
import os
import pwd
import re
import shlex
import shutil
import signal
import socket

from harness import TOP, App, Process, environment, replace

PROGRAM = "probe"
WEB_USER = "www-data"           # Debian's web servers'

APACHE = """ServerRoot {folder}
ServerName 127.0.0.1
DefaultRuntimeDir {folder}/run
PidFile {folder}/apache.pid
ErrorLog /dev/stderr
LogLevel notice
TraceEnable Off
User {user}
Group {group}
Listen 127.0.0.1:{port}
DocumentRoot {folder}/empty
{modules}
TypesConfig /etc/mime.types
<IfModule fcgid_module>
    FcgidIPCDir {folder}/run/fcgid
    FcgidProcessTableFile {folder}/run/fcgid_shm
</IfModule>
Include {folder}/site.conf
"""
# Debian enables these; no file in deploy/ names them.
APACHE_MODULES = ["mpm_event", "authz_core", "mime"]

LIGHTTPD = """server.bind = "127.0.0.1"
server.port = {port}
server.document-root = "{folder}/empty"
server.upload-dirs = ( "{folder}/tmp" )
mimetype.assign = ( ".css" => "text/css" )
include "{folder}/site.conf"
"""


def web_user():
    """The user of the web servers: Apache refuses to run as root."""
    return pwd.getpwnam(WEB_USER) if os.getuid() == 0 else pwd.getpwuid(os.getuid())


class Setup:
    """One web server and the app behind it."""

    def __init__(self, place, base=""):
        self.place, self.base = place, base
        self.store = place.file("store", "guestbook.db")
        self.program = place.file("bin", "guestbook")
        self.socket = place.file("run", "guestbook.sock")
        self.wrap = place.file("run", "wrap.sock")
        self._make_folders()

    def __enter__(self):
        try:
            self.web = self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """End the web server, and what it has started, as an administrator would."""
        for server in self.place.servers:
            if server.running():
                os.killpg(server.pid, signal.SIGTERM)
                server.wait()

    def _make_folders(self):
        """As on a machine: the web server can read what it serves, and no more."""
        user, file = web_user(), self.place.file
        for name in "bin", "empty", "run", "store", "tmp":
            os.mkdir(file(name))
        shutil.copy(os.path.join(self.place.bin, PROGRAM), self.program)
        for name in ".", "bin", "bin/guestbook", "empty", "run":
            os.chmod(file(name), 0o755)
        for name in "run", "store", "tmp":
            os.chown(file(name), user.pw_uid, user.pw_gid)

    def deployed(self, name, more=()):
        """The file with our paths, and the base where the comment in the file puts it."""
        text = self.place.deployed(
            name, program=self.program, socket=self.socket, store=self.store).replace(
                "/run/fcgiwrap.socket", self.wrap)
        if not self.base:
            return text
        for old, new in more:
            text = replace(text, old, new.format(base=self.base))
        return re.sub(r"^(.*)PRG_STORE(.*)$", lambda m: m[0] + "\n" + (
            m[1] + "PRG_BASE" + m[2]).replace(self.store, self.base), text, flags=re.M)

    def app(self, args, **kw):
        app = App(args, self.socket, self.store, cwd=self.place.folder,
                  env=environment(**kw.pop("env", {})), **kw)
        self.place.apps.append(app)
        return app

    def run_app_for_group(self, **kw):
        """On a socket that the group of the web server may use."""
        if os.getuid() == 0:
            kw["group"] = web_user().pw_gid
        return self.app([self.program, "--listen", "unix:" + self.socket, "--store",
                         self.store, *self.flags()], **kw)

    def server(self, args, **kw):
        server = Process(args, cwd=self.place.folder, env=environment(),
                         start_new_session=True, **kw)
        self.place.servers.append(server)
        return server

    def flags(self):
        return ["--base", self.base] if self.base else []

    def processes(self):
        """The IDs of all processes that run the program."""
        found = []
        for link in glob.glob("/proc/[0-9]*/exe"):
            try:
                if os.readlink(link) == self.program:
                    found.append(int(link.split("/")[2]))
            except OSError:
                continue
        return found

    @property
    def log(self):
        return "".join(p.log for p in self.place.servers + self.place.apps)


class Nginx(Setup):
    """The app on a socket of its own."""

    file = "nginx.conf"

    def start(self):
        self.run_app()
        return self.start_nginx()

    def start_nginx(self):
        return self.place.nginx_by(self.deployed(
            self.file, [("location / {", "location {base}/ {{")]))

    def run_app(self, **kw):
        return self.app([self.program, "--listen", "unix:" + self.socket, "--store",
                         self.store, *self.flags()], **kw)


class Wrapped(Nginx):
    file = "nginx-fcgiwrap.conf"

    def run_app(self):
        with socket.socket(socket.AF_UNIX) as s:
            s.bind(self.wrap)
            s.listen(100)
            self.server(["fcgiwrap", "-f", "-c", "2"], stdin=s)


class Spawned(Nginx):
    """Started by spawn-fcgi(1) with the socket on descriptor 0."""

    def run_app(self):
        user = web_user().pw_name
        text = self.deployed("spawn-fcgi.sh").replace("-u guestbook -g guestbook -U guestbook",
                                                      f"-u {user} -g {user} -U {user}")
        if self.base:
            text = replace(text, "export PRG_STORE", "export PRG_STORE PRG_BASE")
        if os.getuid() != 0:
            text = re.sub(" -[ugUG] [a-z-]+", "", text)
        self.app(["sh", self.place.write("spawn-fcgi.sh", text)])


class Unit:
    """The settings of a systemd unit."""

    def __init__(self, name):
        with open(os.path.join(TOP, "deploy", name)) as f:
            self.settings = re.findall(r"^([A-Za-z]+)=(.*)$", f.read(), re.M)

    def get(self, name):
        values = [v for n, v in self.settings if n == name]
        assert len(values) == 1, f"{name} is there {len(values)} times"
        return values[0]


class Activated(Nginx):
    """Started by systemd-socket-activate(1) with the settings of the units."""

    def run_app(self):
        service, listener = Unit("guestbook.service"), Unit("guestbook.socket")
        assert listener.get("ListenStream") == "/run/guestbook/guestbook.sock"
        args = shlex.split(service.get("ExecStart"))
        assert args[0] == "/usr/local/bin/guestbook", args
        assert service.get("StateDirectory") == "guestbook"
        self.store = self.place.file("store", PROGRAM + ".db")
        self.server(
            ["systemd-socket-activate", "-l", self.socket, "-E", "STATE_DIRECTORY=" +
             self.place.file("store"), self.program, *args[1:], *self.flags()]
        ).wait_for("Listening on ")


HAPROXY = """global
    log stderr format raw local0
defaults
    log global
"""


class Haproxy(Nginx):
    file = "haproxy.cfg"

    def start_nginx(self):
        self.place.write("haproxy.cfg", HAPROXY)
        # The connection of a form that was refused stays open for twice as long.
        text = replace(self.deployed(self.file), "timeout server 60s", "timeout server 2s")
        return self.place.serve(
            lambda port: self.place.write("site.cfg", replace(
                text, "bind :80\n", f"bind 127.0.0.1:{port}\n")),
            ["haproxy", "-W", "-db", "-f", self.place.file("haproxy.cfg"), "-f",
             self.place.file("site.cfg")], "Loading success")


class Caddy(Nginx):
    file = "Caddyfile"

    def start_nginx(self):
        text = self.deployed(self.file)
        env = environment(HOME=self.place.file("tmp"), XDG_DATA_HOME=self.place.file("tmp"),
                          XDG_CONFIG_HOME=self.place.file("tmp"))
        return self.place.serve(
            lambda port: self.place.write(
                "Caddyfile", "{\n\tadmin off\n\tauto_https off\n}\n" + replace(
                    text, "guestbook.example {", f"http://:{port} {{\n\tbind 127.0.0.1")),
            ["caddy", "run", "--config", self.place.file("Caddyfile"), "--adapter",
             "caddyfile"], "serving initial configuration", env=env)


class H2o(Nginx):
    file = "h2o.yaml"

    def run_app(self, **kw):
        return self.run_app_for_group(**kw)

    def start_nginx(self):
        text = self.deployed(self.file)
        if os.getuid() == 0:
            text += f"user: {web_user().pw_name}\n"
        return self.place.serve(
            lambda port: self.place.write("h2o.yaml", replace(
                text, "  port: 80\n", f"  host: 127.0.0.1\n  port: {port}\n")),
            ["h2o", "-c", self.place.file("h2o.yaml")], "h2o server", env=environment())


class Apache(Setup):
    def start(self):
        user = web_user()
        text = self.deployed(self.file, self.prefix)
        conf = self.place.file("apache.conf")

        def write(port):
            self.place.write("apache.conf", APACHE.format(
                folder=self.place.folder, user=user.pw_name,
                group=grp.getgrgid(user.pw_gid).gr_name, port=port,
                modules=self.modules(text)))
            self.place.write("site.conf", replace(text, "<VirtualHost *:80>",
                                                  f"<VirtualHost 127.0.0.1:{port}>"))

        return self.place.serve(write, ["apache2", "-DFOREGROUND", "-f", conf],
                                "resuming normal operations", env=environment())

    def modules(self, text):
        """The modules of "a2enmod" in the comment, and their dependencies."""
        wanted, lines = APACHE_MODULES + re.search("a2enmod (.*)", text)[1].split(), []
        while wanted:
            with open(f"/etc/apache2/mods-available/{wanted.pop(0)}.load") as f:
                load = f.read()
            lines += [line for line in load.splitlines() if line.startswith("LoadModule")]
            depends = re.search("# Depends: (.*)", load)
            wanted += depends[1].split() if depends else []
        return "\n".join(dict.fromkeys(sorted(lines, key=lambda line: "proxy_module" not in line)))


class Proxy(Apache):
    file = "apache-proxy.conf"
    prefix = [("ProxyPass / ", "ProxyPass {base} ")]

    def start(self):
        self.run_app()
        return super().start()

    def run_app(self, **kw):
        return self.run_app_for_group(**kw)


class Fcgid(Apache):
    file = "apache-fcgid.conf"
    prefix = [('AliasMatch "^/"', 'AliasMatch "^{base}"')]


class Cgid(Apache):
    file = "apache-cgid.conf"
    prefix = [('ScriptAliasMatch "^/"', 'ScriptAliasMatch "^{base}"')]


class Lighttpd(Setup):
    def start(self):
        text = self.deployed(self.file, self.prefix)
        self.place.write("site.conf", text)
        conf = self.place.file("lighttpd.conf")
        return self.place.serve(
            lambda port: self.place.write("lighttpd.conf", LIGHTTPD.format(
                folder=self.place.folder, port=port)),
            ["lighttpd", "-D", "-f", conf], "server started", env=environment())


class LighttpdFastcgi(Lighttpd):
    file = "lighttpd-fastcgi.conf"
    prefix = [('fastcgi.server += ( "/"', 'fastcgi.server += ( "{base}"')]


class LighttpdCgi(Lighttpd):
    file = "lighttpd-cgi.conf"
    prefix = [('"/" => "', '"{base}" => "')]


SETUPS = {
    "nginx": Nginx,
    "nginx, systemd": Activated,
    "nginx, spawn-fcgi": Spawned,
    "nginx, fcgiwrap": Wrapped,
    "apache, proxy": Proxy,
    "apache, fcgid": Fcgid,
    "apache, cgid": Cgid,
    "lighttpd, fastcgi": LighttpdFastcgi,
    "lighttpd, cgi": LighttpdCgi,
    "haproxy": Haproxy,
    "caddy": Caddy,
    "h2o": H2o,
}
