select count(*) from citusbench.messages
