"""Scenarios: files of workloads/scenarios/ with what is claimed and how it is checked."""

import re
import shlex


class ClaimsError(Exception):
    """What a person can fix; one line."""


class UsageError(ClaimsError):
    """Wrong options; nothing was touched."""


class Claim:
    def __init__(self, text):
        self.text = text
        self.answer = ""
        self.holds = ""
        self.in_part = "False"
        self.untested = ""


class Step:
    """`run`, `suite` or `cluster`, with the options that it has besides those of the file."""

    def __init__(self, kind, name, options):
        self.kind = kind
        self.name = name
        self.options = options
        self.meanwhile = None  # (seconds after the start, words of a `citusbench cluster` command)


class Scenario:
    """A file of workloads/scenarios/; its lines that begin with `#:` are read here."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.title = ""
        self.needs = ""  # what it costs, where that is too much to run it unasked
        self.steps = []
        self.claims = []
        self.takes = []  # (condition, text)
        self.settings = {}  # options that the file sets; of one that stands there more than once the last
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.startswith("# ") and not self.title:
                self.title = line[2:]
            if match := re.match(r"([a-z-]+) *= *([^#]*)", line):
                self.settings[match[1]] = match[2].strip()
            if not line.startswith("#:"):
                continue
            word, _, rest = line[2:].strip().partition(" ")
            try:
                self._read(word, rest.strip())
            except (AttributeError, IndexError, ValueError):
                raise ClaimsError(f"{path.name}:{number}: not understood: {line}") from None
        if self.claims and not any(step.kind != "cluster" for step in self.steps):
            self.steps.append(Step("run", "run", []))

    def _read(self, word, rest):
        if word in ("run", "suite", "cluster"):
            name, *options = shlex.split(rest)
            if not name.isidentifier() or any(step.name == name for step in self.steps):
                raise ValueError(name)
            self.steps.append(Step(word, name, options))
        elif word == "needs":
            if not rest:
                raise ValueError(word)
            self.needs = rest
        elif word == "meanwhile":
            start, *command = shlex.split(rest)
            self.steps[-1].meanwhile = (float(start.rstrip("s")), command)
        elif word == "claim":
            self.claims.append(Claim(rest))
        elif word in ("answer", "untested"):
            claim = self.claims[-1]
            setattr(claim, word, (getattr(claim, word) + " " + rest).strip())
        elif word in ("holds", "in-part"):
            setattr(self.claims[-1], word.replace("-", "_"), rest)
        elif word == "take":
            condition, text = re.fullmatch(r"(?:\[(.*?)\] )?(.*)", rest).groups()
            self.takes.append((condition or "True", text))
        else:
            raise ValueError(word)


def all_scenarios(folder):
    scenarios = [Scenario(path) for path in sorted(folder.glob("*.ini"))]
    return [each for each in scenarios if each.claims]


def why_left_out(scenario, is_asked_for, obstacle):
    """Empty where it is run. Throws where it is asked for by its whole name and cannot be done."""
    if obstacle and is_asked_for:
        raise UsageError(f"--runtime compose: {scenario.name} cannot be done in containers, as {obstacle}; use "
                         "--runtime local")
    if obstacle:
        return f"as {obstacle}; --only {scenario.name} --runtime local runs it"
    if scenario.needs and not is_asked_for:
        return f"as it needs {scenario.needs}; --only {scenario.name} runs it"
    return ""


def chosen(folder, only, obstacle_of):
    """Those whose names begin with one of the words; all without any. And those of them that are left
    out, each with the reason: what needs much is run only where a word is its whole name, and what
    cannot be done on the runtime, which `obstacle_of` says of a scenario, not at all."""
    scenarios = all_scenarios(folder)
    names = ", ".join(each.name for each in scenarios)
    words = [word.strip() for word in only.split(",")] if only is not None else [""]
    for word in words:
        if not word and only is not None or not any(each.name.startswith(word) for each in scenarios):
            raise UsageError(f"--only {only}: no scenario begins with '{word}'; there are {names}")
    meant = [each for each in scenarios if any(each.name.startswith(word) for word in words)]
    reasons = [why_left_out(each, each.name in words, obstacle_of(each)) for each in meant]
    return ([each for each, why in zip(meant, reasons) if not why],
            [(each, why) for each, why in zip(meant, reasons) if why])
