#pragma once

#include "cluster/make_cluster_spec.hpp"
#include "options/option_values.hpp"

namespace citusbench {

/// The options that shape a cluster of citusbench's own, for a run and for `cluster up`.
const OptionTable<ClusterOptions>& cluster_option_table();

/// What they ask for; shards and connections are the caller's. Throws UsageError.
ClusterOptions read_cluster_options(const ParsedOptions& options);

/// Throws UsageError for an option of a cluster of citusbench's own that was given beside --dsn.
void refuse_cluster_options(const ParsedOptions& options);

} // namespace citusbench
