#pragma once

#include <memory>
#include <string>
#include <vector>

#include "deployment/deployment.hpp"
#include "pg/client.hpp"

namespace citusbench {

// One deployment_<engine>.cpp each.
std::unique_ptr<Deployment> make_citus_deployment(const DeploymentSpec& spec, const StopFlag& stop);
std::unique_ptr<Deployment> make_fdw_deployment(const DeploymentSpec& spec, const StopFlag& stop);
std::unique_ptr<Deployment> make_postgres_deployment(const DeploymentSpec& spec,
                                                     const StopFlag& stop);

/// citusbench.<name>, as it stands in statements.
std::string qualified(const std::string& table);
/// From here on this session's commits do not wait for the disk: a crash while the schema is made
/// would cost a new try, while a flush for every partition costs seconds each time.
void commit_without_waiting(pg::Client& client);
/// Throws UsageError that names the server and the package if it lacks one of the extensions.
void check_extensions(pg::Client& client, const std::vector<std::string>& extensions);
/// Throws UsageError where the schema citusbench cannot be made, or dropped before that: rights
/// that the role lacks, extensions that cannot be had or are in a schema of their own that is not
/// searched, and objects outside of the schema that would be dropped with it. Creates missing
/// extensions, and touches nothing else.
void check_schema_can_be_made(pg::Client& client, const std::vector<std::string>& extensions);
void create_schema(pg::Client& client, const std::vector<std::string>& extensions);
void create_table(pg::Client& client, const pg::TableSpec& table, const std::string& name);
/// Keys and indexes of `table`, which is called `name` here, then VACUUM (ANALYZE).
void create_indexes(pg::Client& client, const pg::TableSpec& table, const std::string& name);

} // namespace citusbench
