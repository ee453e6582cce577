#include <exception>
#include <functional>
#include <thread>

#include <fmt/format.h>

#include "deployment/deployment_steps.hpp"
#include "deployment/shard_map.hpp"
#include "pg/sql_template.hpp"

namespace citusbench {
namespace {

/// Analyzing a foreign table fetches all of it before PostgreSQL 16, so only small ones are; the
/// worker that runs a query plans it by its own statistics anyway.
constexpr std::int64_t max_rows_to_analyze = 500'000;
constexpr int first_version_that_samples = 160'000;

/// A table partitioned by hash on the coordinator; partition s is the table <name>_<s> of worker
/// s % workers. A reference table is a table of every node; the coordinator joins with its own.
class FdwDeployment final : public Deployment {
  public:
    FdwDeployment(DeploymentSpec spec, const StopFlag& stop)
        : spec_(std::move(spec)), stop_(stop), map_(Engine::fdw, spec_.shards) {
        if (spec_.workers.empty() || spec_.workers.size() != spec_.worker_conninfos.size())
            throw std::logic_error("fdw needs workers and a conninfo for each");
    }

    void check(const std::vector<std::string>& extensions) override {
        on_coordinators([&](pg::Client& client) { check_schema_can_be_made(client, extensions); });
        on_workers(
            [&](pg::Client& client, std::size_t) { check_schema_can_be_made(client, extensions); });
    }

    void create(const std::vector<pg::TableSpec>& tables,
                const std::vector<std::string>& extensions) override {
        on_workers([&](pg::Client& client, std::size_t worker) {
            create_schema(client, extensions);
            for_tables_of(worker, tables, [&](const pg::TableSpec& table, const std::string& name) {
                create_table(client, table, name);
            });
        });
        on_coordinators([&](pg::Client& client) {
            create_schema(client, extensions);
            for (const auto& table : tables)
                if (table.is_reference)
                    create_table(client, table, qualified(table.name));
                else
                    create_parent(client, table);
        });
    }

    void finish(const std::vector<pg::TableSpec>& tables) override {
        on_workers([&](pg::Client& client, std::size_t worker) {
            for_tables_of(worker, tables, [&](const pg::TableSpec& table, const std::string& name) {
                create_indexes(client, table, name);
            });
        });
        on_coordinators([&](pg::Client& client) {
            const bool samples = PQserverVersion(client.get()) >= first_version_that_samples;
            for (const auto& table : tables)
                if (table.is_reference)
                    create_indexes(client, table, qualified(table.name));
                else if (samples || rows_of(table) <= max_rows_to_analyze)
                    client.query(cluster_sql("analyze_table", {{"table", qualified(table.name)}}));
        });
    }

    void drop() override {
        on_coordinators([](pg::Client& client) { client.query(cluster_sql("drop_schema")); });
        on_workers(
            [](pg::Client& client, std::size_t) { client.query(cluster_sql("drop_schema")); });
    }

    std::vector<CopyTarget> copy_targets(const pg::TableSpec& table) const override {
        std::vector<CopyTarget> targets;
        if (table.is_reference) {
            targets.push_back({spec_.entry_conninfo, qualified(table.name)});
            for (const auto& conninfo : spec_.worker_conninfos)
                targets.push_back({conninfo, qualified(table.name)});
            return targets;
        }
        for (int shard = 0; shard < spec_.shards; ++shard)
            targets.push_back(
                {spec_.worker_conninfos[worker_of(shard)], qualified(shard_name(table, shard))});
        return targets;
    }

    std::size_t target_of(const RoutingKey& key) const override {
        return static_cast<std::size_t>(map_.shard_of(key));
    }

    std::size_t target_count() const override { return static_cast<std::size_t>(spec_.shards); }

  private:
    static std::string shard_name(const pg::TableSpec& table, int shard) {
        return fmt::format("{}_{}", table.name, shard);
    }

    std::size_t worker_of(int shard) const {
        return static_cast<std::size_t>(shard) % spec_.workers.size();
    }

    void for_shards_of(std::size_t worker, const std::function<void(int)>& work) const {
        for (int shard = 0; shard < spec_.shards; ++shard)
            if (worker_of(shard) == worker) work(shard);
    }

    /// One after the other, the entry point first.
    void on_coordinators(const std::function<void(pg::Client&)>& work) const {
        const auto on = [&](const std::string& conninfo) {
            pg::Client client(conninfo, stop_);
            work(client);
        };
        on(spec_.entry_conninfo);
        for (const auto& conninfo : spec_.more_coordinators) on(conninfo);
    }

    /// What a worker holds of `tables`: the partitions that are its own, and reference tables.
    void for_tables_of(
        std::size_t worker, const std::vector<pg::TableSpec>& tables,
        const std::function<void(const pg::TableSpec&, const std::string& name)>& work) const {
        for (const auto& table : tables)
            if (table.is_reference)
                work(table, qualified(table.name));
            else
                for_shards_of(worker,
                              [&](int shard) { work(table, qualified(shard_name(table, shard))); });
    }

    /// A thread and a connection for each worker; the first error is thrown when all have ended.
    void on_workers(const std::function<void(pg::Client&, std::size_t)>& work) const {
        std::vector<std::exception_ptr> errors(spec_.workers.size());
        std::vector<std::thread> threads;
        for (std::size_t worker = 0; worker < spec_.workers.size(); ++worker)
            threads.emplace_back([&, worker] {
                try {
                    pg::Client client(spec_.worker_conninfos[worker], stop_);
                    commit_without_waiting(client);
                    work(client, worker);
                } catch (...) {
                    errors[worker] = std::current_exception();
                }
            });
        for (auto& thread : threads) thread.join();
        for (const auto& error : errors)
            if (error) std::rethrow_exception(error);
    }

    void create_parent(pg::Client& entry, const pg::TableSpec& table) const {
        entry.query(cluster_sql("fdw_parent",
                                {{"create", pg::for_table(table.create_sql, qualified(table.name))},
                                 {"column", pg::quote_identifier(table.distribution_column)}}));
        std::string sql;
        for (int shard = 0; shard < spec_.shards; ++shard) {
            const auto name = shard_name(table, shard);
            sql +=
                cluster_sql("fdw_partition",
                            {{"partition", qualified(name)},
                             {"parent", qualified(table.name)},
                             {"shards", std::to_string(spec_.shards)},
                             {"shard", std::to_string(shard)},
                             {"server", pg::quote_identifier(spec_.workers[worker_of(shard)].name)},
                             {"remote", pg::quote_literal(name)}});
        }
        entry.query(sql);
    }

    /// As the workers' statistics have it, just after they were analyzed.
    std::int64_t rows_of(const pg::TableSpec& table) const {
        std::vector<std::int64_t> rows(spec_.workers.size());
        on_workers([&](pg::Client& client, std::size_t worker) {
            for_shards_of(worker, [&](int shard) {
                rows[worker] +=
                    client
                        .query(cluster_sql("estimated_rows"), {qualified(shard_name(table, shard))})
                        .integer(0, 0);
            });
        });
        std::int64_t sum = 0;
        for (const auto count : rows) sum += count;
        return sum;
    }

    DeploymentSpec spec_;
    const StopFlag& stop_;
    ShardMap map_;
};

} // namespace

std::unique_ptr<Deployment> make_fdw_deployment(const DeploymentSpec& spec, const StopFlag& stop) {
    return std::make_unique<FdwDeployment>(spec, stop);
}

} // namespace citusbench
