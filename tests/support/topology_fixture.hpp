#pragma once

#include <gtest/gtest.h>

#include <algorithm>

#include "support/run_fixture.hpp"

namespace citusbench::test {

/// Runs on topologies with more than PostgreSQL in them, with real nginx, HAProxy, etcd and
/// Patroni.
class TopologyFixture : public RunFixture {
  protected:
    static bool has_citus() { return find_local_postgres().has_citus; }

    static Options on(const std::string& topology, const std::string& engine, Options more = {}) {
        more.insert({{"--topology", topology}, {"--engine", engine}, {"--interval", "100ms"}});
        return more;
    }

    /// With phases just long enough to see something in.
    static Options with_fault(const std::string& fault, Options more = {}) {
        more.insert({{"--fault", fault},
                     {"--before", "1s"},
                     {"--during", "2s"},
                     {"--after", "2s"},
                     {"--timeout", "2s"}});
        return more;
    }

    /// Operations that were scheduled in [from, to) and ended so.
    std::uint64_t sum_within(double from, double to, const std::string& column,
                             const std::string& operation = "all") const {
        std::uint64_t sum = 0;
        for (const auto& row : table("timeline.csv"))
            if (row["operation"] == operation && row["key_group"] == "all" &&
                row.number("elapsed_s") >= from && row.number("elapsed_s") + 0.1 <= to)
                sum += row.count(column);
        return sum;
    }

    /// The longest time without any success, by 0.1 s, after the moment `from`.
    double max_gap_after(double from) const {
        double last = from;
        double longest = 0;
        for (const auto& row : table("timeline.csv")) {
            if (row["operation"] != "all" || row["key_group"] != "all" || row.count("ok") == 0)
                continue;
            const auto at = row.number("elapsed_s");
            if (at < from) continue;
            longest = std::max(longest, at - last);
            last = at + 0.1;
        }
        return longest;
    }

    /// A cluster of the topology that stays, on two workers.
    Finished topology_up(const std::string& topology, const std::string& engine,
                         Options more = {}) const {
        more.insert({{"--topology", topology},
                     {"--engine", engine},
                     {"--workers", "2"},
                     {"--shards", "8"}});
        Args args = {"cluster", "up"};
        for (const auto& [name, value] : more) {
            args.push_back(name);
            if (!value.empty()) args.push_back(value);
        }
        return run(args, 120);
    }

    std::string kept_conninfo_of(const std::string& node) const {
        const auto kept = LocalCluster::open_kept(no_stop);
        return kept && kept->find(node) ? kept->conninfo(*kept->find(node)) : "";
    }
};

} // namespace citusbench::test
