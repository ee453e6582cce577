"""Which scenarios can be done in the containers of compose.yml."""

import re

from .scenario import UsageError

# Options of which compose.yml has a fixed number, and its services that show how many.
FIXED = {"workers": r"(?:-[a-z])?-worker(\d+):", "writers": r"-writer(\d+):", "clusters": r"-([a-z])-coordinator:"}
USUAL_TOPOLOGY = "active-active"  # citusbench's


def option_of(scenario, step, name):
    """As citusbench takes it: one of the step before one of the file; None without either."""
    given = re.search(rf"(?:^| )--{name}[= ](\S+)", " ".join(step.options))
    return given[1] if given else scenario.settings.get(name)


def number_in(compose, profile, option):
    """How many workers (of a cluster), writers or clusters a profile of compose.yml has."""
    return len(set(re.findall(rf"^  {re.escape(profile)}{FIXED[option]}", compose, re.MULTILINE)))


def obstacle(scenario, compose):
    """Why a scenario cannot be done in the containers of compose.yml's text; empty where it can."""
    for step in scenario.steps:
        if step.kind == "cluster":
            return f"its step {step.name} is `citusbench cluster up`, which starts local processes only"
        topology = option_of(scenario, step, "topology") or USUAL_TOPOLOGY
        has_replicas = option_of(scenario, step, "replicas-per-worker") not in (None, "0")
        for option in FIXED:
            wanted = option_of(scenario, step, option)
            there = number_in(compose, topology + "-replicas" * has_replicas, option)
            if wanted is not None and wanted != str(there):
                return f"its step {step.name} takes --{option}={wanted}, and compose.yml has {there} for {topology}"
    return ""


def check_engine(engine):
    if engine == "fdw":
        raise UsageError("--engine fdw: the containers of --runtime compose run Citus; leave it out, or use "
                         "--runtime local")
