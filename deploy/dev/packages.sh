#!/bin/sh
# Install the Debian packages that are missing, if any.
# usage: packages.sh build|test|bench|deb ...
set -eu

build="gcc make libc6-dev libfcgi-dev libsqlite3-dev libjansson-dev libjsmn-dev
    libsodium-dev nginx-light curl pkg-config"
test="clang libclang-rt-14-dev libcmocka-dev wrk valgrind sqlite3 python3 locales
    chromium apache2 libapache2-mod-fcgid lighttpd fcgiwrap spawn-fcgi systemd
    haproxy caddy h2o openjdk-17-jre-headless cppcheck shellcheck mandoc
    lynx w3m links elinks tmux lintian"
bench="php-fpm php-sqlite3"
deb="debhelper"

# A node from elsewhere will do, and comes with an npm of its own.
{ command -v node && command -v npm; } >/dev/null || test="$test nodejs npm"

wanted=
for set in "$@"; do
	case $set in
	build)	wanted="$wanted $build" ;;
	test)	wanted="$wanted $test" ;;
	bench)	wanted="$wanted $bench" ;;
	deb)	wanted="$wanted $deb" ;;
	*)	echo "packages.sh: no set '$set'; there are build, test, bench and deb" >&2
		exit 2 ;;
	esac
done
missing=
for p in $wanted; do
	dpkg-query -W -f '${db:Status-Abbrev}' "$p" 2>/dev/null |
	    grep -q '^ii' || missing="$missing $p"
done
[ -n "$missing" ] || exit 0

echo "installing:$missing"
sudo=
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "packages.sh: needs root or sudo to install$missing" >&2
		exit 1
	}
	sudo=sudo
fi
export DEBIAN_FRONTEND=noninteractive
# Installing a server must not start it: ours run in a folder of their own.
if [ ! -e /usr/sbin/policy-rc.d ]; then
	$sudo sh -c 'printf "#!/bin/sh\nexit 101\n" >/usr/sbin/policy-rc.d &&
	    chmod 755 /usr/sbin/policy-rc.d'
	trap '$sudo rm -f /usr/sbin/policy-rc.d' EXIT
fi
$sudo apt-get update -q
# shellcheck disable=SC2086
$sudo apt-get install -q -y --no-install-recommends $missing
