select create_distributed_table(:table, :column, colocate_with := :partner)
