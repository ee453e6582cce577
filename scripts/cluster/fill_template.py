#!/usr/bin/env python3
"""Fills a template of this folder for a container, by the rules of bench/service/template.hpp: @NAME@ is a value, and
a line "@each LIST@ text" becomes a line of text for each member of the list, with the member's own values, too.

    fill_template.py TEMPLATE < INPUT.json      {"values": {"NAME": "…"}, "lists": {"LIST": [{"NAME": "…"}]}}
"""
import json
import re
import sys

NAME = re.compile("@([A-Z_]+)@")
EACH = re.compile("@each ([^@]*)@ ")


def fill_line(line, values):
    return NAME.sub(lambda found: values[found.group(1)], line)


def fill(text, values, lists):
    """Raises KeyError for a name without a value, or a list that is not given."""
    filled = []
    for line in text.split("\n"):
        each = EACH.match(line)
        if not each:
            filled.append(fill_line(line, values))
            continue
        for own in lists[each.group(1)]:
            filled.append(fill_line(line[each.end():], {**values, **own}))
    return "\n".join(filled)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as template:
        given = json.load(sys.stdin)
        sys.stdout.write(fill(template.read(), given.get("values", {}), given.get("lists", {})))
