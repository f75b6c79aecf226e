# caembed.mk -- make rules for a firmware's trust anchors; hosts.txt holds a host a line
#
#   include caembed.mk
#   firmware: ssl_ca_pem.h mbed_app.json
#   make check-ca         in CI: does the committed header still hold?
#
# The header depends on hosts.txt, on CAEMBED_FLAGS (kept in a stamp) and on the files that these name (kept
# in a dependency file), not on the network: it is made again when one of them changes, and `make update-ca`
# asks the servers. That leaves a header that would not change alone, so that nothing is built anew for nothing.
# Commit hosts.txt, ssl_ca_pem.h and mbed_app.json; a fresh clone builds from these and asks nobody.

CAEMBED ?= caembed
CAEMBED_FLAGS ?=
CAEMBED_RUN = $(CAEMBED) $(CAEMBED_FLAGS) -o ssl_ca_pem.h -m mbed_app.json --from hosts.txt
caembed_goal := $(.DEFAULT_GOAL)

ssl_ca_pem.h: hosts.txt .caembed-flags
	$(CAEMBED_RUN) --depfile .ssl_ca_pem.d
	@touch $@

-include .ssl_ca_pem.d

# Made along with the header; by itself only where it was removed.
mbed_app.json: | ssl_ca_pem.h
	@test -e $@ || $(CAEMBED_RUN)

# Where there is a header and no stamp yet, as in a fresh clone, the header was made with these flags.
.caembed-flags: FORCE
	@if [ ! -e $@ ] && [ -e ssl_ca_pem.h ]; then \
	    echo '$(CAEMBED_FLAGS)' >$@ && touch -r ssl_ca_pem.h $@; \
	else echo '$(CAEMBED_FLAGS)' | cmp -s - $@ || echo '$(CAEMBED_FLAGS)' >$@; fi

update-ca:
	$(CAEMBED_RUN)

check-ca:
	$(CAEMBED_RUN) --check --retry 3

FORCE:
.PHONY: update-ca check-ca FORCE

# The first rule of the makefile that includes this one stays the default.
.DEFAULT_GOAL := $(caembed_goal)
