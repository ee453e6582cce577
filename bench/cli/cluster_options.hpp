#pragma once

#include <boost/program_options/options_description.hpp>

#include "cli/options.hpp"
#include "cluster/make_cluster_spec.hpp"

namespace citusbench {

/// The options that shape a cluster of citusbench's own, for a run and for `cluster up`.
void add_cluster_options(boost::program_options::options_description& options);

/// What they ask for; shards and connections are the caller's. Throws UsageError.
ClusterOptions read_cluster_options(const ParsedOptions& parsed);

/// Throws UsageError for an option of a cluster of citusbench's own that was given beside --dsn.
void refuse_cluster_options(const ParsedOptions& parsed);

} // namespace citusbench
