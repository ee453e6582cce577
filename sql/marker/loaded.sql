update citusbench.marker set loaded = true
