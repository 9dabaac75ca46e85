#!/bin/sh
# An app without systemd: to be started, as root, by whatever starts things on this
# machine (runit, s6, OpenRC, a line in inittab).  It stays in the foreground and ends
# when the app ends.  Before that, once:
#	adduser --system --group guestbook
#	install -d -o guestbook -g guestbook -m 700 /var/lib/guestbook
# Change: the name "guestbook" throughout, the program, the web server's group.
#
# A socket of the app's own (--listen unix:PATH) is the other way: then a new process
# takes the path over from the old one, which ends well when it is told to.
set -eu

mkdir -p /run/guestbook
PRG_STORE=/var/lib/guestbook/guestbook.db
export PRG_STORE

exec spawn-fcgi -n -s /run/guestbook/guestbook.sock -M 0660 \
    -u guestbook -g guestbook -U guestbook -G www-data \
    -- /usr/local/bin/guestbook serve
