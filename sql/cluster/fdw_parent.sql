:create partition by hash (:column)
