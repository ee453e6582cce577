#include "deployment/shard_map.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "core/random.hpp"
#include "deployment/deployment.hpp"
#include "support/local_cluster.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

constexpr int key_count = 10'000;

/// All lengths up to 40 bytes, so that every tail of the hash's 12-byte blocks is met.
std::string random_text(Random& random) {
    std::string text(random.below(41), ' ');
    for (auto& c : text) c = static_cast<char>('!' + random.below(90));
    return text;
}

std::int64_t random_number(Random& random) {
    // Small, negative and large ones: hashint8 treats the halves differently.
    const auto bits = random() >> random.below(64);
    return random.below(2) ? static_cast<std::int64_t>(bits) : -static_cast<std::int64_t>(bits / 2);
}

/// "(key, shard), …" of random keys, for a VALUES list; `numbers` and `texts` in turn.
std::string number_values(const ShardMap& map) {
    Random random(1, 2, 3);
    std::string values;
    for (int i = 0; i < key_count; ++i) {
        const auto number = random_number(random);
        values += fmt::format("{}({}::bigint, {})", i ? ", " : "", number,
                              map.shard_of(RoutingKey::of(number)));
    }
    return values;
}

std::string text_values(const ShardMap& map) {
    Random random(4, 5, 6);
    std::string values;
    for (int i = 0; i < key_count; ++i) {
        const auto text = random_text(random);
        values += fmt::format("{}({}::text, {})", i ? ", " : "", pg::quote_literal(text),
                              map.shard_of(RoutingKey::of(std::string_view(text))));
    }
    return values;
}

class ShardMapTest : public testing::Test {
  protected:
    static std::string ask(LocalCluster& cluster, const std::string& sql) {
        return test::ask(cluster.conninfo(cluster.nodes().front()), sql);
    }

    test::StateFolder state_;
};

TEST_F(ShardMapTest, PartitionsAgreeWithPostgresForEveryKey) {
    const auto cluster = test::start_cluster(test::postgres_spec());
    for (const int shards : {1, 7, 32}) {
        const ShardMap map(Engine::fdw, shards);
        for (const char* type : {"bigint", "text"}) {
            const bool is_text = std::string_view(type) == "text";
            const auto table = fmt::format("{}_{}", type, shards);
            const auto sql =
                fmt::format("create table {0} (key {1}) partition by hash (key); "
                            "select count(*) from (values {2}) as v(key, shard) "
                            "where satisfies_hash_partition('{0}'::regclass, {3}, shard, key)",
                            table, type, is_text ? text_values(map) : number_values(map), shards);
            EXPECT_EQ(ask(*cluster, sql), std::to_string(key_count)) << table;
        }
    }
}

TEST_F(ShardMapTest, CitusHashAgreesWithPostgres) {
    const auto cluster = test::start_cluster(test::postgres_spec());
    pg::Client client(cluster->conninfo(cluster->nodes().front()), test::no_stop);
    Random random(7, 8, 9);
    for (int i = 0; i < 100; ++i) {
        const auto number = random_number(random);
        const auto text = random_text(random);
        const auto row = client.query(
            fmt::format("select hashint8({}), hashtext({})", number, pg::quote_literal(text)));
        EXPECT_EQ(row.integer(0, 0), citus_hash(RoutingKey::of(number))) << number;
        EXPECT_EQ(row.integer(0, 1), citus_hash(RoutingKey::of(std::string_view(text)))) << text;
    }
}

TEST_F(ShardMapTest, CitusPutsEveryKeyIntoTheShardWeCompute) {
    if (!find_local_postgres().has_citus) GTEST_SKIP() << "Citus is not installed here";
    auto spec = test::postgres_spec();
    spec.engine = Engine::citus;
    const auto cluster = test::start_cluster(spec);
    for (const int shards : {1, 7, 32}) {
        const ShardMap map(Engine::citus, shards);
        for (const char* type : {"bigint", "text"}) {
            const bool is_text = std::string_view(type) == "text";
            const auto table = fmt::format("{}_{}", type, shards);
            // The shard's number is its rank by the lower end of its range.
            const auto sql = fmt::format(
                "create table {0} (key {1}); "
                "select create_distributed_table('{0}', 'key', shard_count := {3}); "
                "select count(*) from (values {2}) as v(key, shard) join "
                "(select shardid, rank() over (order by shardminvalue::int) - 1 as number "
                " from pg_dist_shard where logicalrelid = '{0}'::regclass) s "
                "on s.shardid = get_shard_id_for_distribution_column('{0}', v.key) "
                "and s.number = v.shard",
                table, type, is_text ? text_values(map) : number_values(map), shards);
            EXPECT_EQ(ask(*cluster, sql), std::to_string(key_count)) << table;
        }
    }
}

} // namespace
} // namespace citusbench
