create server :server foreign data wrapper postgres_fdw options (
    host :host, port :port, dbname 'citusbench', sslmode 'disable', gssencmode 'disable',
    async_capable 'true', fetch_size '10000', batch_size '100' :options);
create user mapping for current_user server :server options (user :user)
