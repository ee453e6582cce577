"""One check of many things: what is known to be clean is left out, the rest is done in parallel."""

import concurrent.futures
import os
import time


def run_all(name, jobs, cache):
    """`jobs` are pairs of a key and a function that returns what it found, "" for nothing. True if nothing was."""
    begun = time.monotonic()
    new = [(key, job) for key, job in jobs if not cache.has(key)]
    seen = set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (key, _), found in zip(new, pool.map(lambda pair: pair[1](), new)):
            if not found:
                cache.add(key)
            # What is found in a header is found by each of its users.
            elif found not in seen:
                print(found, flush=True)
                seen.add(found)
    seconds = round(time.monotonic() - begun)
    known = len(jobs) - len(new)
    print(f"{name}: {len(jobs)}, of which {known} were known to be clean; "
          f"{'something' if seen else 'nothing'} was found, in {seconds} s")
    return not seen
