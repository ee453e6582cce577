select replicate_reference_tables(:mode)
