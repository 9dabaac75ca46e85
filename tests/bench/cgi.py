#!/usr/bin/env python3
"""What one GET costs as CGI, beside the start of a program that does nothing.

usage: cgi.py BUILD [TIMES]
"""
import os
import subprocess
import sys
import tempfile

FORM = b"name=Ann&message=Hello+there&stars=5"
POST = {"REQUEST_METHOD": "POST", "REQUEST_URI": "/", "CONTENT_LENGTH": str(len(FORM)),
        "CONTENT_TYPE": "application/x-www-form-urlencoded"}


def post(program, env, folder):
    """The address of a result."""
    out = subprocess.run([program], input=FORM, env={**env, **POST}, cwd=folder,
                         capture_output=True, check=True).stdout.decode()
    return out.partition("Location: ")[2].partition("\r")[0]


def main(build, times="500"):
    build = os.path.abspath(build)
    guestbook = build + "/guestbook"
    with tempfile.TemporaryDirectory() as folder:
        env = {"GATEWAY_INTERFACE": "CGI/1.1", "REMOTE_ADDR": "127.0.0.1",
               "PRG_STORE": folder + "/guestbook.db"}
        env |= {"REQUEST_METHOD": "GET", "REQUEST_URI": post(guestbook, env, folder)}
        out = subprocess.run([build + "/starts", times, build + "/empty", guestbook],
                             env=env, cwd=folder, capture_output=True, text=True,
                             check=True).stdout
    empty, get = map(float, out.split())
    print(f"{'CGI, from start to end':34} {'us':>9} {'ratio':>7}")
    print(f"{'an empty C program':34} {empty:9.0f} {1:7.2f}")
    print(f"{'GET result':34} {get:9.0f} {get / empty:7.2f}")


main(*sys.argv[1:])
