# make            the library and the apps, in build/
# make run        install what is missing, build, serve the guestbook behind nginx;
#                 APP=order serves another one
# make test       install what is missing, then every test
# make check      the unit tests alone, under the address, undefined-behaviour
#                 and thread sanitizers
# make layers     each folder of the framework includes only those before it
# make bench      requests per second behind nginx, as ratios to a ceiling; each
#                 row BENCH_TIME seconds (10), three times; behind each web server,
#                 and of the same in PHP and in plain C; what one costs as CGI
# make fuzz       each fuzzer for FUZZ_TIME seconds (60)
# make install    library, header and manual under PREFIX (/usr/local)
# make clean

# The folders in the order of a request on its way through; "make layers" holds
# them to it.
LAYERS	= base gateway request form store submission page reply serve command

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
FUZZ_TIME = 60
BENCH_TIME = 10

SRC	= $(wildcard framework/*.c $(LAYERS:%=framework/%/*.c))
OBJ	= $(SRC:%.c=$B/%.o) $B/gen/builtin.o
APPS	= $(notdir $(wildcard apps/*))
APP	= guestbook
BUILTIN	= $(wildcard templates/prg/*.mustache) templates/static/prg.css
TESTS	= $(basename $(notdir $(wildcard tests/unit/test_*.c)))
BENCH	= bare empty rival starts
MT	= $(basename $(notdir $(wildcard tests/unit/test_mt_*.c)))

.PHONY: all run test check layers bench fuzz install clean unit
.DELETE_ON_ERROR:
.SECONDARY:

all: $B/libprg.a $B/libprg.so $(APPS:%=$B/%)

$B/libprg.a: $(OBJ)
	rm -f $@
	ar rcs $@ $(OBJ)

$B/libprg.so: $(OBJ)
	$(CC) $(CFLAGS) -shared -Wl,-soname,libprg.so.0 -o $@ $(OBJ) $(LIBS)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$B/gen/builtin.c: framework/page/embed.sh $(BUILTIN)
	@mkdir -p $(@D)
	sh framework/page/embed.sh $(BUILTIN) >$@

$B/gen/builtin.o: $B/gen/builtin.c
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

define PROGRAM
$B/$(1): $(patsubst %.c,$B/%.o,$(wildcard apps/$(1)/*.c)) $B/libprg.a
	$$(CC) $$(CFLAGS) -o $$@ $$^ $$(APP_LIBS)
endef
$(foreach app,$(APPS),$(eval $(call PROGRAM,$(app))))

$B/test_%: $B/tests/unit/test_%.o $B/libprg.a
	$(CC) $(CFLAGS) -o $@ $^ -lcmocka $(LIBS)

$B/bare: $B/tests/bench/bare.o $B/libprg.a
	$(CC) $(CFLAGS) -o $@ $^ $(APP_LIBS)

$B/empty $B/starts: $B/%: $B/tests/bench/%.o
	$(CC) $(CFLAGS) -o $@ $<

$B/rival: $B/tests/bench/rivals/libfcgi.o
	$(CC) $(CFLAGS) -o $@ $< -lfcgi -lsqlite3

run:
	sh deploy/dev/packages.sh build
	$(MAKE) all
	sh deploy/dev/run.sh $B $(APP)

test:
	sh deploy/dev/packages.sh build test
	sh tests/run.sh

# The unit tests of one build; a line of totals for each program.
unit: $(RUN:%=$B/%)
	@for t in $(RUN); do $B/$$t || exit 1; done

check:
	$(MAKE) unit B=build/asan OPT="-O1 -g" RUN="$(TESTS)" \
	    SAN="-fsanitize=address,undefined -fno-sanitize-recover=all"
	$(MAKE) unit B=build/tsan OPT="-O1 -g" RUN="$(MT)" SAN=-fsanitize=thread

layers:
	@sh tests/layers.sh $(LAYERS)

bench:
	sh deploy/dev/packages.sh build test bench
	$(MAKE) all $(BENCH:%=$B/%)
	python3 -B tests/bench/bench.py $B $(BENCH_TIME)
	python3 -B tests/bench/behind.py $B
	python3 -B tests/bench/cgi.py $B
	sh tests/bench/render/run.sh $B

fuzz:
	sh deploy/dev/packages.sh build test
	sh tests/fuzz/run.sh $(FUZZ_TIME)

install: all
	install -d $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(PREFIX)/lib \
	    $(DESTDIR)$(PREFIX)/share/man/man3 \
	    $(DESTDIR)$(PREFIX)/share/prg/static
	install -m 644 framework/prg.h $(DESTDIR)$(PREFIX)/include/
	install -m 644 $B/libprg.a $(DESTDIR)$(PREFIX)/lib/
	install -m 755 $B/libprg.so $(DESTDIR)$(PREFIX)/lib/libprg.so.0
	ln -sf libprg.so.0 $(DESTDIR)$(PREFIX)/lib/libprg.so
	install -m 644 framework/man/prg.3 $(DESTDIR)$(PREFIX)/share/man/man3/
	install -m 644 templates/static/prg.css \
	    $(DESTDIR)$(PREFIX)/share/prg/static/
	[ -n "$(DESTDIR)" ] || ldconfig || :

clean:
	rm -rf build

-include $(shell find build -name '*.d' 2>/dev/null)
