"""Leads Python through the proxy that HTTPS_PROXY names. Only what comes with Python is used.

`urllib` and most uses of `requests` do so by themselves. What does not is told here: a prepared request that is
sent by its session, a session or pool without `trust_env`, and `http.client`. Whatever is left and would connect to
another machine fails, so that no program reaches the real service with its own credentials.
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from urllib.parse import urlsplit

HERE = os.path.dirname(os.path.abspath(__file__))
PROXY = urlsplit(os.environ.get("HTTPS_PROXY", ""))
AUTHORITY = os.environ.get("SSL_CERT_FILE")
LOCAL = ("localhost", "127.0.0.1", "::1")


def is_local(host):
    host = str(host).strip("[]").lower()
    return host in LOCAL or host.startswith("127.")


def refuse_others(event, arguments):
    """Refuses every connection to another machine, whoever makes it."""
    if event != "socket.connect":
        return
    address = arguments[1]
    # A path is a socket of this machine.
    if not isinstance(address, tuple) or is_local(address[0]) or address[0] == "":
        return
    raise ConnectionRefusedError(
        "citrix-cloud-emulator exec: a connection to %s:%s would go around the emulator" % address[:2]
    )


def tunnelled(connect):
    """Has a connection of `http.client`'s kind go through the proxy unless it does."""

    def through(self, *arguments, **keywords):
        if not getattr(self, "_tunnel_host", None) and not is_local(self.host):
            host, port = self.host, self.port
            self.set_tunnel(host, port)
            self.host, self.port = PROXY.hostname, PROXY.port
        return connect(self, *arguments, **keywords)

    return through


def patch_connections(module):
    # The certificate is checked for the host behind the tunnel.
    module.HTTPSConnection.connect = tunnelled(module.HTTPSConnection.connect)


def patch_requests(module):
    send = module.HTTPAdapter.send

    def through(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        parts = urlsplit(request.url)
        if not is_local(parts.hostname):
            proxies = dict(proxies or {})
            proxies.setdefault(parts.scheme, PROXY.geturl())
            if verify is True:
                verify = AUTHORITY
        return send(self, request, stream, timeout, verify, cert, proxies)

    module.HTTPAdapter.send = through


def patch_certifi(module):
    module.where = lambda: AUTHORITY


PATCHES = {
    "http.client": patch_connections,
    "urllib3.connection": patch_connections,
    "requests.adapters": patch_requests,
    "certifi": patch_certifi,
    "certifi.core": patch_certifi,
}


class Finder(importlib.abc.MetaPathFinder):
    """Patches a module as soon as it is loaded."""

    def find_spec(self, name, path, target=None):
        patch = PATCHES.get(name)
        if patch is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_patch(module):
            execute(module)
            patch(module)

        spec.loader.exec_module = execute_and_patch
        return spec


def run_theirs():
    """Runs the `sitecustomize` that this one stands before, if there is one."""
    others = [path for path in sys.path if os.path.abspath(path or ".") != HERE]
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


if PROXY.hostname and AUTHORITY:
    sys.addaudithook(refuse_others)
    sys.meta_path.insert(0, Finder())
    for name, patch in PATCHES.items():
        if name in sys.modules:
            patch(sys.modules[name])
run_theirs()
