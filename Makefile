# make            the library and the apps, in build/
# make run        install what is missing, build, serve the guestbook behind nginx, and
#                 again what changes; APP=order serves another app, PORT=8303 there
# make test       install what is missing, then run every test (tests/README.md)
# make check      the unit tests under sanitizers; T=key: those with "key" in the name
# make http       the tests of tests/http; T=post: test_post alone
# make apps       the tests of tests/apps; T=ticket: those of that app alone
# make browser    the tests of tests/browser; T=draft: test_draft alone
# make text       the tests of tests/text, in text browsers; T=lynx: in Lynx alone
# make servers    the tests of tests/servers; T=apache: the Apache set-ups alone
# make layers     the order of the framework's folders, in includes and in calls
# make lint       static checks of C, shell, man pages and words; T=words: one of them
# make coverage   the lines that neither unit tests nor tests/http reach
# make bench      requests per second and CPU per request, beside other programs
# make fuzz       each fuzzer for FUZZ_TIME seconds (60)
# make install    library, header, manual pages and the rest under PREFIX (/usr/local)
# make deb        Debian packages, in build/release/deb
# make clean
#
# The build prints a short line for each file; V=1 prints the whole commands.

# The folders in the order in which a request passes through them.  "make layers"
# checks that none uses a later one.
LAYERS	= base gateway request form store submission page reply serve command prg.c prg_test.h prg_test.c
# "refuse": a circle between files fails "make layers"; "report" only lists it.
CIRCLES	= refuse

MAKEFLAGS += --no-print-directory
B	= build/release
CC	= gcc
OPT	= -O2 -g
SAN	=
LIBS	= -lfcgi -lsqlite3 -ljansson -lsodium -lm -pthread
# A program that is started for each request starts faster without libraries to
# load: the apps take them from their archives, where there are any.
ARCHIVED = $(if $(filter /%,$(shell $(CC) -print-file-name=lib$(1).a)),-l:lib$(1).a,-l$(1))
APP_LIBS := $(foreach lib,fcgi sqlite3 jansson sodium,$(call ARCHIVED,$(lib))) -lm -pthread
WARN	= -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
CFLAGS	= -std=c11 $(OPT) $(SAN) -fPIC -fvisibility=hidden -pthread $(WARN)
CPPFLAGS = -D_GNU_SOURCE -Iframework -MMD -MP
PREFIX	= /usr/local
LIBDIR	= $(PREFIX)/lib
FUZZ_TIME = 60
BENCH_TIME = 8

# What the tests, one name a word, are to run: T=key.
T	=
matching = $(foreach t,$(1),$(if $(or $(if $(T),,all),$(strip $(foreach w,$(T),$(findstring $(w),$(t))))),$(t)))
ASAN	= B=build/asan OPT="-O1 -g" \
	  SAN="-fsanitize=address,undefined -fno-sanitize-recover=all"
TSAN	= B=build/tsan OPT="-O1 -g" SAN=-fsanitize=thread
COVER	= B=build/coverage OPT="-O0 -g" SAN=--coverage

# $(call say,CC,file) is the short line; $Q hides the command.
V	=
Q	= $(if $(V),,@)
say	= $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@echo "$(1) $(2:framework/%=%)")

SRC	= $(wildcard framework/*.c framework/*/*.c)
OBJ	= $(SRC:%.c=$B/%.o) $B/gen/builtin.o
APPS	= $(notdir $(wildcard apps/*))
APP	= guestbook
BUILTIN	= templates/prg templates/static
TESTS	= $(basename $(notdir $(wildcard tests/unit/test_*.c)))
TEST_APPS = $(basename $(notdir $(wildcard tests/http/*.c)))
USER_APPS = $(notdir $(wildcard tests/apps/*))
BENCH	= ceiling empty rival starts
MT	= $(basename $(notdir $(wildcard tests/unit/test_mt_*.c)))

.PHONY: all run test check http apps browser text servers layers lint coverage bench fuzz \
	install deb clean unit test-apps asan
.DELETE_ON_ERROR:
# No built-in rules: "%: %.c" would make build/*.d out of build/*.d.c.
.SUFFIXES:
.SECONDARY:

all: $B/libprg.a $B/libprg.so $(APPS:%=$B/%)

$B/libprg.a: $(OBJ)
	$(call say,AR,$(@F))
	$Qrm -f $@
	$Qar rcs $@ $(OBJ)

$B/libprg.so: $(OBJ)
	$(call say,LD,$(@F))
	$Q$(CC) $(CFLAGS) -shared -Wl,-soname,libprg.so.0 -o $@ $(OBJ) $(LIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$Q$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Templates as C.  A folder that gains or loses a file is newer too.
$B/gen/%.c: tools/embed.sh
	@mkdir -p $(@D)
	$(call say,GEN,$(@F))
	$Qsh tools/embed.sh $(EMBED) >$@

$B/gen/builtin.c: EMBED = -n prg_builtins $(BUILTIN)
$B/gen/builtin.c: $(BUILTIN) $(wildcard $(BUILTIN:%=%/*))

$B/gen/%.o: $B/gen/%.c
	$(call say,CC,$<)
	$Q$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

# An app of these sources, and of templates/NAME if there is that folder.
define PROGRAM
$B/$(1): $(2:%.c=$B/%.o) $(if $(wildcard templates/$(1)),$B/gen/$(1).o) $B/libprg.a
	$$(call say,LD,$$(@F))
	$$Q$$(CC) $$(CFLAGS) -o $$@ $$^ $$(APP_LIBS)

$B/gen/$(1).c: EMBED = templates/$(1)
$B/gen/$(1).c: templates/$(1) $(wildcard templates/$(1)/*)
endef
$(foreach app,$(APPS),$(eval $(call PROGRAM,$(app),$(wildcard apps/$(app)/*.c))))

$B/test_%: $B/tests/unit/test_%.o $B/libprg.a
	$(call say,LD,$(@F))
	$Q$(CC) $(CFLAGS) -o $@ $^ -lcmocka $(LIBS)

$(TEST_APPS:%=$B/%): $B/%: $B/tests/http/%.o $B/libprg.a
	$(call say,LD,$(@F))
	$Q$(CC) $(CFLAGS) -o $@ $^ $(LIBS)

# An app as its author has it, and its tests: these have a main() of their own.
define USER_APP
$B/$(1) $B/$(1)-test: $B/gen/$(1).o $B/libprg.a
$B/$(1): $B/tests/apps/$(1)/app.o
$B/$(1)-test: $B/tests/apps/$(1)/test.o $B/tests/apps/$(1)/tested.o
$B/$(1) $B/$(1)-test:
	$$(call say,LD,$$(@F))
	$$Q$$(CC) $$(CFLAGS) -o $$@ $$(filter %.o,$$^) $B/libprg.a -lcmocka $$(LIBS)

$B/tests/apps/$(1)/tested.o: tests/apps/$(1)/app.c
	@mkdir -p $$(@D)
	$$(call say,CC,$$<)
	$$Q$$(CC) $$(CPPFLAGS) $$(CFLAGS) -Dmain=app_main -c -o $$@ $$<

$B/gen/$(1).c: EMBED = tests/apps/$(1)/templates
$B/gen/$(1).c: tests/apps/$(1)/templates $(wildcard tests/apps/$(1)/templates/*)
endef
$(foreach app,$(USER_APPS),$(eval $(call USER_APP,$(app))))

# The probe with short timeouts; its objects stand before those of the library.
$B/hasty: tests/http/probe.c framework/command/main.c framework/serve/metrics.c \
    framework/serve/periodic.c $B/libprg.a
	$(call say,LD,$(@F))
	$Q$(CC) -D_GNU_SOURCE -DPRG_SHORT_TIMEOUTS -Iframework $(CFLAGS) -o $@ $^ $(LIBS)

$B/ceiling $B/empty $B/starts: $B/%: $B/tests/bench/%.o
	$(call say,LD,$(@F))
	$Q$(CC) $(CFLAGS) -o $@ $< -lfcgi

$B/rival: $B/tests/bench/rivals/libfcgi.o
	$(call say,LD,$(@F))
	$Q$(CC) $(CFLAGS) -o $@ $< -lfcgi -lsqlite3

run:
	sh deploy/dev/packages.sh build
	$(MAKE) all
	sh tools/prg dev $(PORT) --name $(APP) --program $B/$(APP)

test:
	sh deploy/dev/packages.sh build test deb
	sh tests/run.sh

# The unit tests of one build; a line of totals for each program.
unit: $(RUN:%=$B/%)
	@for t in $(RUN); do $B/$$t || exit 1; done

check:
	@$(MAKE) unit $(ASAN) RUN="$(call matching,$(TESTS))"
	@$(MAKE) unit $(TSAN) RUN="$(call matching,$(MT))"

test-apps: all $(TEST_APPS:%=$B/%) $B/hasty $B/clock.so

asan:
	@$(MAKE) test-apps $(ASAN)

http: asan
	@python3 -B tests/http/run.py build/asan $(T)

apps:
	@$(MAKE) unit $(ASAN) RUN="$(addsuffix -test,$(call matching,$(USER_APPS)))"
	@$(MAKE) $(ASAN) $(USER_APPS:%=build/asan/%)
	@for app in $(USER_APPS); do build/asan/$$app check || exit 1; done

browser: asan
	@sh tests/browser/run.sh build/asan $(T)

text: asan
	@python3 -B tests/text/text.py build/asan $(T)

servers: asan
	@python3 -B tests/servers/servers.py build/asan $(T)

# Libraries for LD_PRELOAD: each sync is slow; the clock is a test's.
$B/slow.so: tests/slow/fsync.c
$B/clock.so: tests/lib/clock.c
$B/slow.so $B/clock.so:
	$(call say,LD,$(@F))
	$Q$(CC) -std=c11 -D_GNU_SOURCE $(OPT) $(WARN) -shared -fPIC -o $@ $< -ldl

layers: $(OBJ)
	@sh tests/layers.sh $B $(CIRCLES) $(LAYERS)

lint:
	@sh tests/lint.sh $(T)

coverage:
	@$(MAKE) test-apps $(TESTS:%=build/coverage/%) $(COVER)
	@sh tests/coverage.sh build/coverage $(TESTS)

bench:
	sh deploy/dev/packages.sh build test bench
	$(MAKE) all $(BENCH:%=$B/%)
	python3 -B tests/bench/bench.py $B $(BENCH_TIME)
	python3 -B tests/bench/cgi.py $B
	sh tests/bench/render/run.sh $B

fuzz:
	sh deploy/dev/packages.sh build test
	sh tests/fuzz/run.sh $(FUZZ_TIME)

install: all
	install -d $(addprefix $(DESTDIR),$(LIBDIR)/pkgconfig $(addprefix $(PREFIX)/,bin include \
	    $(addprefix share/man/man,1 3 7 8) $(addprefix share/prg/,deploy static templates)))
	install -m 644 framework/*.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 $B/libprg.a $(DESTDIR)$(LIBDIR)/
	install -m 755 $B/libprg.so $(DESTDIR)$(LIBDIR)/libprg.so.0
	ln -sf libprg.so.0 $(DESTDIR)$(LIBDIR)/libprg.so
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(LIBDIR)|' \
	    -e "s|@VERSION@|$$(sed -n 's/^#define PRG_VERSION[^"]*"\(.*\)"/\1/p' \
	    framework/prg.h)|" tools/prg.pc >$(DESTDIR)$(LIBDIR)/pkgconfig/prg.pc
	for n in 1 3 7 8; do install -m 644 framework/man/*.$$n \
	    $(DESTDIR)$(PREFIX)/share/man/man$$n/ || exit 1; done
	install -m 644 templates/prg/* $(DESTDIR)$(PREFIX)/share/prg/templates/
	install -m 644 templates/static/* $(DESTDIR)$(PREFIX)/share/prg/static/
	install -m 644 $(filter-out %.sh,$(wildcard deploy/*.*)) deploy/Caddyfile \
	    $(DESTDIR)$(PREFIX)/share/prg/deploy/
	install -m 755 deploy/*.sh $(DESTDIR)$(PREFIX)/share/prg/deploy/
	install -m 755 tools/prg $(DESTDIR)$(PREFIX)/bin/
	install -m 755 tools/embed.sh $(DESTDIR)$(PREFIX)/share/prg/embed
	cp -R tools/new $(DESTDIR)$(PREFIX)/share/prg/
	[ -n "$(DESTDIR)" ] || ldconfig || :

# Debian packages of what is built, in B/deb.
deb:
	sh deploy/dev/packages.sh build deb
	$(MAKE) all
	rm -rf $B/deb
	mkdir -p $B/deb/prg
	cp -R deploy/debian $B/deb/prg/
	cd $B/deb/prg && PRG_TOP=$(CURDIR) PRG_BUILD=$(abspath $B) \
	    dpkg-buildpackage -b -us -uc >../log 2>&1 || { cat ../log >&2; exit 1; }

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
