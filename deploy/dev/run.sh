#!/bin/sh
# Serve an app, the guestbook if none is named, behind an nginx of our own until
# Ctrl-C, SIGTERM or the end of the terminal.
# usage: run.sh BUILD [APP]
# Data stays in build/run/ from run to run.  PORT=8303 is the port.
set -eu

bin=$1
app=${2:-guestbook}
port=${PORT:-8303}
top=$(pwd)
run=$top/build/run
nginx=$(command -v nginx || echo /usr/sbin/nginx)

# Fetch a page from this port, without a proxy that the environment may name.
fetch()
{
	curl -s --noproxy '*' -o /dev/null "$@" "http://127.0.0.1:$port/"
}

# curl exits with 7 if nothing listens on the port.
rc=0
fetch -m 5 || rc=$?
[ $rc -eq 7 ] || {
	echo "run.sh: port $port: in use; try make run PORT=8304" >&2
	exit 1
}

mkdir -p "$run/tmp"
sed -e "s|unix:/run/guestbook/guestbook.sock|unix:$run/$app.sock|" \
    -e "s|listen 80;|listen 127.0.0.1:$port;|" \
    -e "s|/usr/local/share/prg/static/|$top/templates/static/|" \
    -e "s|/var/cache/nginx-guestbook|$run/cache|" \
    -e "s|/var/log/nginx/guestbook.log|$run/access.log|" \
    deploy/nginx.conf >"$run/site.conf"
cat >"$run/nginx.conf" <<END
daemon off;
master_process off;
pid $run/nginx.pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
	include /etc/nginx/mime.types;
	access_log off;
	client_body_temp_path $run/tmp/body;
	proxy_temp_path $run/tmp/proxy;
	fastcgi_temp_path $run/tmp/fastcgi;
	uwsgi_temp_path $run/tmp/uwsgi;
	scgi_temp_path $run/tmp/scgi;
	include $run/site.conf;
}
END

pids=
# shellcheck disable=SC2317
stop()
{
	# shellcheck disable=SC2086
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	trap - EXIT HUP INT TERM
	wait
}
trap stop EXIT
trap 'stop; exit 0' HUP INT TERM

# In sessions of their own: Ctrl-C and the end of the terminal signal this script alone,
# and it ends both.
setsid "$bin/$app" --listen "unix:$run/$app.sock" --store "$run/$app.db" --dev &
pids=$!
setsid "$nginx" -e stderr -c "$run/nginx.conf" &
pids="$pids $!"

# Wait for the first page, or for one of the two to end.
until fetch -f; do
	for p in $pids; do
		kill -0 "$p" 2>/dev/null || {
			echo "run.sh: the $app or nginx did not start" >&2
			exit 1
		}
	done
	sleep 0.1
done
echo "The $app is at http://127.0.0.1:$port/ (Ctrl-C ends it)"
wait
