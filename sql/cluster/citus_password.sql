-- How nodes log in to one another: 0 means all of them.
insert into pg_dist_authinfo values (0, current_user, :login)
