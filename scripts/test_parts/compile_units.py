"""How the sources of bench/ and workloads/ are compiled, from the build's compile_commands.json."""

import dataclasses
import json
import pathlib
import re
import shlex

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ("bench", "workloads")
INCLUDE = re.compile(r'^\s*#\s*include\s*["<]([^">]+)[">]', re.MULTILINE)


class NotBuilt(Exception):
    """The build folder lacks the command lines of some sources."""


@dataclasses.dataclass
class Unit:
    """One call of the compiler: the sources that it reads as one, and its options without input and output."""

    sources: list
    flags: list
    compiler: str


def is_ours(path):
    return path.is_relative_to(TOP) and path.relative_to(TOP).parts[0] in FOLDERS


def all_files(ending):
    return sorted(path for folder in FOLDERS for path in (TOP / folder).rglob(f"*{ending}"))


def sources_of(path):
    """The sources of a batch that CMake wrote; any other source is its own."""
    if "Unity" not in path.parts:
        return [path]
    return [pathlib.Path(name) for name in INCLUDE.findall(path.read_text())]


def flags_of(entry):
    """The options that say how it is read; how it is optimised does not matter here."""
    words = shlex.split(entry["command"])[1:]
    flags, skip = [], False
    for word in words:
        if skip or word in ("-c", "-o"):
            skip = word == "-o"
        elif word != entry["file"] and not re.match(r"-O\d|-Werror$", word):
            flags.append(word)
    return flags


def compile_units(build):
    """The units of FOLDERS, each source in one of them. Throws NotBuilt where one is missing."""
    try:
        entries = json.loads((build / "compile_commands.json").read_text())
    except OSError as error:
        raise NotBuilt(f"there is no {error.filename}; call scripts/test, or cmake --preset ci") from error
    units = []
    for entry in entries:
        sources = [path for path in sources_of(pathlib.Path(entry["file"])) if is_ours(path)]
        if sources:
            units.append(Unit(sources, flags_of(entry), shlex.split(entry["command"])[0]))
    missing = set(all_files(".cpp")) - {source for unit in units for source in unit.sources}
    if missing:
        names = ", ".join(str(path.relative_to(TOP)) for path in sorted(missing))
        raise NotBuilt(f"{build.relative_to(TOP)} does not compile {names}; build it again")
    return units
