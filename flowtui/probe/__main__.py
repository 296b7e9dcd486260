"""Where a probe starts: ``PYTHON -I .../probe/__main__.py ROLE IN_FD OUT_FD``.

The package is loaded under the private name `_flowtui_probe` and found by its folder alone: `sys.path` stays
what a learner's script would have, and their ``import tokens`` meets no file of ours. This file is read by
interpreters that flowtui does not support too, down to 2.7: they say so in one line and end.
"""

import sys

if __name__ == "__main__":
    if sys.version_info < (3, 8):
        sys.stderr.write("flowtui shows Python 3.8 and newer; this is %s\n" % sys.version.split()[0])
        sys.exit(2)
    package = type(sys)("_flowtui_probe")
    # A module with a __path__ is a package to the import machinery; importlib.util would cost 3 ms more.
    package.__path__ = [__file__.replace("\\", "/").rpartition("/")[0] or "."]
    package.__dict__["started_with"] = set(sys.modules)  # without what the lines below load
    sys.modules[package.__name__] = package
    roles = __import__("_flowtui_probe.roles", fromlist=["main"])
    sys.exit(roles.main(sys.argv[1:]))
