"""text.py - the whole life of a form in browsers of text, in a terminal of tmux.

usage: python3 -B tests/text/text.py BIN [BROWSER ...]

In each browser: fill in the survey and send it without a name; see what is wrong and what was
typed; correct it; see the result; go back and send again.  One result is stored in the end.
A browser that is not installed is skipped.
"""
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")

from harness import Place, environment  # noqa: E402
from runner import equal, matching, start_suite  # noqa: E402

DEADLINE = 20
WIDTH, HEIGHT = 100, 200        # all of a page is on the screen
STORY = ["Once upon", "a time"]


class Terminal:
    """A program in a terminal of its own."""

    def __init__(self, place, words, env):
        self.tmux = ["tmux", "-f", "/dev/null", "-S", place.file("tmux")]
        self.run("new-session", "-d", "-c", place.folder, "-x", str(WIDTH), "-y", str(HEIGHT),
                 "env", *[f"{n}={v}" for n, v in env.items()], *words)

    def run(self, *words):
        return subprocess.run([*self.tmux, *words], check=True, capture_output=True, text=True,
                              env=environment(LC_ALL="C.UTF-8")).stdout

    def keys(self, *keys):
        self.run("send-keys", *keys)

    def text(self, words):
        self.run("send-keys", "-l", words)

    def lines(self):
        return self.run("capture-pane", "-p").split("\n")

    def row(self):
        """The line in which the cursor is."""
        return int(self.run("display", "-p", "#{cursor_y}"))

    def find(self, words):
        """The last line with these words."""
        return max(n for n, line in enumerate(self.wait_for(words)) if words in line)

    def wait(self, found, what):
        """Until it is on the screen; returns that."""
        end = time.monotonic() + DEADLINE
        while not found(self.lines()):
            screen = "\n".join(filter(str.strip, self.lines()))
            assert time.monotonic() < end, f"no {what} in:\n{screen}"
            time.sleep(0.05)
        return self.lines()

    def wait_for(self, words):
        return self.wait(lambda lines: any(words in line for line in lines), repr(words))

    def close(self):
        subprocess.run([*self.tmux, "kill-server"], capture_output=True)


class Browser:
    """How one goes through a form by the keyboard."""
    next, back = "Tab", "Left"
    options, env = [], {}

    def __init__(self, place, url):
        env = {"PATH": os.environ["PATH"], "TERM": "screen", "HOME": place.folder,
               "LC_ALL": "C.UTF-8", **self.env}
        self.terminal = Terminal(place, [self.name, *self.options, url], env)

    def seek(self, words):
        """Go on to the control that stands in the line with these words, or below it."""
        row = self.terminal.find(words)
        for _ in range(100):
            if self.terminal.row() >= row:
                return
            self.terminal.keys(self.next)
            time.sleep(0.02)
        raise AssertionError(f"no control at {words!r}")

    def enter(self, words):
        self.terminal.text(words)

    def tell(self, lines):
        for n, line in enumerate(lines):
            if n > 0:
                self.terminal.keys("Enter")
            self.terminal.text(line)

    def press(self, words):
        self.seek(words)
        self.terminal.keys("Enter")


class Lynx(Browser):
    name = "lynx"
    options = ["-accept_all_cookies", "-nocolor"]


class W3m(Browser):
    """It asks for a text at the bottom of the screen, and has an editor for several lines."""
    name, back = "w3m", "B"
    env = {"EDITOR": "cp story"}

    def __init__(self, place, url):
        place.write("story", "\n".join(STORY))
        super().__init__(place, url)

    def enter(self, words):
        self.terminal.keys("Enter")
        self.terminal.wait_for("TEXT:")
        self.terminal.text(words)
        self.terminal.keys("Enter")

    def tell(self, lines):
        self.terminal.keys("Enter")


class Links(Browser):
    """It welcomes whoever has not used it yet."""
    name, next = "links", "Down"

    def __init__(self, place, url):
        super().__init__(place, url)
        self.terminal.wait_for("OK ]")
        self.terminal.keys("Enter")


class Elinks(Links):
    name = "elinks"
    options = ["-no-connect", "-eval", "set document.browse.forms.confirm_submit = 0",
               "-eval", "set document.browse.forms.insert_mode = 0"]


BROWSERS = {b.name: b for b in (Lynx, W3m, Links, Elinks)}


def life(t, app, b):
    screen = b.terminal
    with t.row("a form without a name comes back, with what was typed"):
        b.seek("Your story")
        b.tell(STORY)
        b.press("You may publish this")
        b.press("Send")
        screen.wait_for("Enter your name")
        for line in STORY:
            screen.wait_for(line)
    with t.row("corrected it leads to the result, and its lines are lines"):
        b.seek("Your name")
        b.enter("Ann")
        b.press("Send")
        lines = screen.wait_for("Thank you, Ann")
        equal([s for line in lines for s in STORY if s in line and STORY[0] + STORY[1] not in
               line.replace(" ", "")], STORY)
    with t.row("back, and sent again it is the same result"):
        screen.keys(b.back)
        screen.wait(lambda lines: any("Send" in line for line in lines), "form")
        b.press("Send")
        screen.wait_for("Thank you, Ann")
    with t.row("one result is stored, as it was typed"):
        equal(app.rows("SELECT json_extract(input, '$.story') FROM submission WHERE state ="
                       " 'done'"), [("\n".join(STORY),)])


def run(t, bin, browser):
    with Place(t, bin) as place:
        app = place.app(program="survey")
        web = place.nginx(app)
        b = browser(place, f"http://127.0.0.1:{web.port}/")
        try:
            life(t, app, b)
        finally:
            b.terminal.close()


def main(bin, words):
    suite = start_suite()
    for name in matching(list(BROWSERS), words):
        if shutil.which(name) is None or shutil.which("tmux") is None:
            suite.skip(name, "it is not installed, or tmux")
        else:
            suite.run(name, lambda t: run(t, bin, BROWSERS[name]))
    return suite.end()


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
