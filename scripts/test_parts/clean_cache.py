"""Remembers clean files by content, so that they are not checked again.

A key is a hash of everything that the answer depends on: the tool, its options, the contents of the files and of all
files of the project that they include, and the versions of the installed headers. Only "clean" is ever remembered.
"""

import functools
import hashlib
import os
import pathlib
import re
import subprocess
import time

from test_parts.compile_units import INCLUDE, TOP

KEPT_DAYS = 60
# Packages whose files a compiler or clang-tidy reads.
HEADER_PACKAGES = re.compile(r"-dev(:|\s)|^(gcc|g\+\+|cpp|clang|libclang|llvm|libllvm)")


@functools.lru_cache(maxsize=None)
def state_of_installed_headers():
    """Changes when a package with headers or a compiler does; elsewhere than on Debian, when a folder of headers does."""
    try:
        listing = subprocess.run(["dpkg-query", "-W"], check=True, text=True, stdout=subprocess.PIPE).stdout
        return "\n".join(line for line in listing.splitlines() if HEADER_PACKAGES.search(line))
    except (OSError, subprocess.CalledProcessError):
        roots = [pathlib.Path("/usr/include"), pathlib.Path("/usr/local/include")]
        return "\n".join(f"{each} {each.stat().st_mtime_ns}"
                         for root in roots for each in [root, *root.rglob("*")] if each.exists())


@functools.lru_cache(maxsize=None)
def content_of(path):
    text = path.read_bytes()
    included = INCLUDE.findall(text.decode("utf-8", "replace"))
    return hashlib.sha256(text).hexdigest(), tuple(included)


def include_folders(flags):
    """Those of this project, in the order of the options. Options and folders are one word, or two."""
    folders = []
    for word, following in zip(flags, [*flags[1:], ""]):
        if word in ("-I", "-iquote", "-isystem"):
            folders.append(following)
        elif word.startswith("-I"):
            folders.append(word[2:])
    return tuple(path for path in map(pathlib.Path, folders) if path.is_relative_to(TOP))


@functools.lru_cache(maxsize=None)
def candidates(path, folders):
    """Every file of the project that an #include of `path` can mean, in whatever order folders are looked through."""
    _, included = content_of(path)
    return tuple(found for name in included for folder in (path.parent, *folders)
                 if (found := pathlib.Path(os.path.normpath(folder / name))).is_relative_to(TOP) and found.is_file())


def closure(paths, folders):
    """`paths` and all files of the project that they include, in sorted order."""
    seen, waiting = set(), [path.resolve() for path in paths]
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting.extend(candidates(path, folders))
    return sorted(seen)


def key_of(tool, options, paths, flags):
    """`tool` and `options` are strings that say what is done; paths of this clone do not count."""
    digest = hashlib.sha256()
    for text in (tool, state_of_installed_headers(), *options, *flags):
        digest.update(text.replace(str(TOP), ".").encode() + b"\0")
    for path in [path.resolve() for path in paths]:
        digest.update(f"{path.relative_to(TOP)}\0".encode())
    for path in closure(paths, include_folders(flags)):
        digest.update(f"{path.relative_to(TOP)} {content_of(path)[0]}\0".encode())
    return digest.hexdigest()


class CleanCache:
    """A folder with an empty file for each key."""

    def __init__(self, folder=None):
        home = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
        self.folder = folder or pathlib.Path(home) / "citusbench" / "clean"
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in self.folder.iterdir():
            if path.stat().st_mtime < time.time() - KEPT_DAYS * 86400:
                path.unlink(missing_ok=True)

    def has(self, key):
        path = self.folder / key
        if not path.exists():
            return False
        path.touch()
        return True

    def add(self, key):
        (self.folder / key).touch()
