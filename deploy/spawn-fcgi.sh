#!/bin/sh
# Start an app without systemd, as root, from a supervisor such as runit, s6, OpenRC or
# inittab.  The script stays in the foreground and ends when the app ends.  Before the
# first start:
#	adduser --system --group guestbook
#	install -d -o guestbook -g guestbook -m 700 /var/lib/guestbook
# Change: the group of the web server.
#
# Here spawn-fcgi creates the socket.  If the app creates it (--listen unix:PATH), a new
# process replaces the running one with --take-over, and no request is lost.
set -eu

mkdir -p /run/guestbook
PRG_STORE=/var/lib/guestbook/guestbook.db
export PRG_STORE

exec spawn-fcgi -n -s /run/guestbook/guestbook.sock -M 0660 \
    -u guestbook -g guestbook -U guestbook -G www-data \
    -- /usr/local/bin/guestbook serve
