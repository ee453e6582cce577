copy (select :columns from :table) to stdout (format binary)
