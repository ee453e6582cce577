select create_reference_table(:table)
