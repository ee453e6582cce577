#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <fmt/format.h>

#include "pg/conninfo.hpp"
#include "support/local_cluster.hpp"
#include "support/state_folder.hpp"

namespace citusbench::test {

/// One PostgreSQL for all tests of a suite, in which each has a database of its own. A test may
/// kill or pause the server: the next one finds it up. Roles and settings of the server are shared.
class PostgresTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        state_ = std::make_unique<StateFolder>();
        cluster_ = start_cluster(postgres_spec());
    }
    static void TearDownTestSuite() {
        cluster_.reset();
        state_.reset();
    }

    void SetUp() override {
        cluster_->start_nodes({"coordinator"});
        const auto first = cluster_->conninfo(cluster_->nodes().front());
        const auto database = fmt::format("test_{}", ++databases_);
        pg::Client(database_of(first, "postgres"), no_stop)
            .query(fmt::format("create database {} template citusbench", database));
        conninfo_ = database_of(first, database);
    }

    std::string ask(const std::string& sql) const { return test::ask(conninfo_, sql); }

    static inline std::unique_ptr<StateFolder> state_;
    static inline std::unique_ptr<LocalCluster> cluster_;
    std::string conninfo_; ///< of the test's own database

  private:
    static std::string database_of(const std::string& conninfo, const std::string& name) {
        auto parsed = pg::Conninfo::parse(conninfo);
        parsed.set("dbname", name);
        return parsed.to_string();
    }

    static inline int databases_ = 0;
};

} // namespace citusbench::test
