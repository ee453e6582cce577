update citusbench.marker set runs = runs + 1 returning runs
