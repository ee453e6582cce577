"""claims.csv, and the page that is made of it."""

import csv

COLUMNS = ["scenario", "claim", "engine", "runtime", "verdict", "answer", "take", "tested", "command", "runs",
           "send_lag_p999_ms", "versions", "date"]
DESIGNS = {
    "000": "Active-active: a coordinator, four workers, two copies of each shard",
    "001": "Multi-master: two writers over four shared workers, behind nginx",
    "002-a": "Active-passive: three coordinators under Patroni behind HAProxy, three workers",
    "002-d": "Dual cluster: two clusters, and an application that routes by room",
    "003": "Active-passive with replicas: Patroni for the coordinators and for every worker",
    "004": "Spatial, highly available: two coordinators behind HAProxy, three workers, PostGIS",
}
INTRODUCTION = """\
# Claims, and what was measured

Five published demos of Citus clusters claim what their designs do. Here each claim stands beside what
citusbench measured when it ran the design with real PostgreSQL, Citus, nginx, HAProxy, etcd and Patroni.

- **No verdict is written by hand.** `scripts/claims` runs the scenarios of `workloads/scenarios/`, reads the figures from
  the files of the runs, and checks them by the rule beside the claim in its scenario (`#: holds`, `#: in-part`).
- **Every line can be repeated** by the command under it. The runs stay in `results/claims/ENGINE/SCENARIO/`;
  `scripts/claims --check-only` checks them again. [results/claims.csv](../results/claims.csv) is the same as a table.
  Where *(compose)* follows the engine, the nodes were containers (and the folder is `ENGINE-compose`); elsewhere they were processes.
- **The machine**: 2 cores, all nodes and the client on one machine, over loopback. Use the shares, gaps and
  verdicts, but no absolute rates. Each figure comes from one run; those of 000-copies, 000-fifty-million, 000-more-workers,
  001-writers, 002-dual-clusters and 004-million were measured with nothing else running, the others beside other work. A crash is the mildest kind:
  SIGKILL of all processes of a node, so that its connections are refused at once. A machine that goes dark is like a `pause` or a
  `partition`; use `--fault` for these, as no scenario has them.
- *Holds in part*: for reads but not for writes, or in some of the cases; the line says which. *Lost* is an acknowledged
  row that is not there after the run; every row is compared.
"""


def read(path):
    if not path.exists():
        return []
    with path.open(newline="") as file:
        # A table from before there was the column is one of local processes.
        return [{**row, "runtime": row.get("runtime") or "local"} for row in csv.DictReader(file)]


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def key_of(row):
    """What a scenario's rows were measured on; rows with the same are measured again together."""
    return row["scenario"], row["engine"], row["runtime"]


def merged(known, fresh, scenario_names):
    """The fresh rows instead of those of the same key; those of scenarios that are gone are dropped."""
    renewed = {key_of(row) for row in fresh}
    kept = [row for row in known if key_of(row) not in renewed and row["scenario"] in scenario_names]
    # A stable sort: within a scenario the claims stay in its order. Local processes come first.
    return sorted(kept + fresh, key=lambda row: (row["scenario"], row["engine"], row["runtime"] != "local"))


def _cell(text):
    return text.replace("|", "\\|").replace("\n", " ")


def _design_of(row):
    return next((title for prefix, title in DESIGNS.items() if row["scenario"].startswith(prefix)), "Others")


def _engine_of(row):
    """With the runtime, where that is not the usual one."""
    return row["engine"] if row["runtime"] == "local" else f"{row['engine']} ({row['runtime']})"


def _overview(rows):
    lines = ["| design | claim | engine | verdict | scenario |", "|---|---|---|---|---|"]
    for row in rows:
        lines.append(f"| {_design_of(row).partition(':')[0]} | {_cell(row['claim'])} | {_engine_of(row)} | **{row['verdict']}** | "
                     f"[{row['scenario']}](#{row['scenario']}) |")
    return lines


def _section(rows):
    name = rows[0]["scenario"]
    lines = [f"### {name}", "", rows[0]["tested"], ""]
    for engine in dict.fromkeys(_engine_of(row) for row in rows):
        own = [row for row in rows if _engine_of(row) == engine]
        lines += [f"| claim | on {engine} | measured |", "|---|---|---|"]
        lines += [f"| {_cell(row['claim'])} | **{row['verdict']}** | {_cell(row['answer'])} |" for row in own]
        lines.append("")
        if own[0]["take"]:
            lines += [f"**Conclusion:** {own[0]['take']}", ""]
        facts = [f"Repeat with `{own[0]['command']}`"]
        if own[0]["versions"]:
            facts.append(own[0]["versions"])
        facts.append(own[0]["date"])
        if float(own[0]["send_lag_p999_ms"] or 0) >= 1:
            facts.append(f"0.1 % of the operations were sent {float(own[0]['send_lag_p999_ms']):.0f} ms late or more "
                        "(the client shares the cores), so latencies are coarse")
        lines += [" · ".join(facts) + f" · [the scenario](../workloads/scenarios/{name}.ini)", ""]
        if own[0]["runs"]:
            steps = own[0]["runs"].split("\n")
            if "DSN_OF_" in own[0]["runs"]:
                steps = ["# DSN_OF_x: the connection string that cluster up prints for x; entry is the node marked so",
                         *steps]
            lines += ["<details><summary>single steps</summary>", "", "```sh", *steps, "```", "", "</details>", ""]
    return lines


def _conclusions(rows):
    takes = {}
    for row in rows:
        if row["take"]:
            takes.setdefault((row["scenario"], row["take"]), row["runtime"])
    return [f"- {take} ([{scenario}](#{scenario}){'' if runtime == 'local' else ', ' + runtime})"
            for (scenario, take), runtime in takes.items()]


def page(rows):
    lines = [INTRODUCTION]
    counts = {}
    for row in rows:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    verdicts = ", ".join(f"{count} × {verdict}" for verdict, count in sorted(counts.items(), key=lambda item: -item[1]))
    lines += [f"{len(rows)} claims: {verdicts}.", "", "## Conclusions", "", *_conclusions(rows), "",
              "## All claims", "", *_overview(rows), ""]
    for title in [*DESIGNS.values(), "Others"]:
        own = [row for row in rows if _design_of(row) == title]
        if not own:
            continue
        lines += [f"## {title}", ""]
        for scenario in dict.fromkeys(row["scenario"] for row in own):
            lines += _section([row for row in own if row["scenario"] == scenario])
    return "\n".join(lines).rstrip() + "\n"
