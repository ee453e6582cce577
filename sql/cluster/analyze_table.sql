analyze :table
