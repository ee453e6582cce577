select host.option_value, port.option_value, false, true
from pg_foreign_server,
    lateral (select option_value from pg_options_to_table(srvoptions) where option_name = 'host') host,
    lateral (select option_value from pg_options_to_table(srvoptions) where option_name = 'port') port
order by srvname
