# caembed_extra.py -- PlatformIO extra script: writes ca.pem before each build. Untried on PlatformIO.
#
# In platformio.ini:
#   extra_scripts = pre:caembed_extra.py
#   board_build.embed_txtfiles = ca.pem
#   custom_caembed_hosts = api.example.com mqtts://broker.example.com
#
# caembed leaves the file alone if it would not change, so nothing is built anew then. Without a network the
# file that is there is used, and a warning says so; without the file the build fails.
import os
import shlex
import subprocess
import sys

Import("env")  # noqa: F821  SCons puts it here

folder = env.subst("$PROJECT_DIR")  # noqa: F821
output = os.path.join(folder, "ca.pem")
hosts = shlex.split(env.GetProjectOption("custom_caembed_hosts", ""))  # noqa: F821
NO_NETWORK = (2, 3)  # exit status: no connection, no TLS

if not hosts:
    sys.exit("caembed_extra.py: set custom_caembed_hosts in platformio.ini")
try:
    status = subprocess.call(["caembed", "-q", "-t", "esp-idf", "-f", "pem-file", "-o", output, "--"] + hosts)
except FileNotFoundError:
    sys.exit("caembed_extra.py: caembed is not in PATH")
if status in NO_NETWORK and os.path.exists(output):
    print("caembed_extra.py: no connection: ca.pem stays as it is", file=sys.stderr)
elif status != 0:
    sys.exit("caembed_extra.py: caembed failed with status %d" % status)
