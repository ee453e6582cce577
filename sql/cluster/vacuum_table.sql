vacuum (analyze) :table
