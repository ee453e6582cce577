#include <gtest/gtest.h>

#include <set>

#include <nlohmann/json.hpp>

#include "cluster/manifest/manifest.hpp"
#include "core/error.hpp"
#include "support/not_empty.hpp"
#include "support/paths.hpp"
#include "unit/golden.hpp"

namespace citusbench {
namespace {

using Json = nlohmann::json;

Json good_manifest() {
    return {{"version", 1},
            {"connection", "dbname=app user=bench"},
            {"nodes",
             {{{"name", "coordinator"},
               {"role", "coordinator"},
               {"host", "db1"},
               {"port", 5432},
               {"entry", true},
               {"control", {{"command", {{"crash", "end it"}, {"start", "begin it"}}}}}},
              {{"name", "worker1"},
               {"role", "worker"},
               {"port", 5433},
               {"control", {{"container", "citus_worker_1"}}}},
              {{"name", "worker2"},
               {"role", "worker"},
               {"port", 5434},
               {"control", {{"process", {{"directory", "/data/worker2"}}}}}},
              {{"name", "lb"}, {"kind", "haproxy"}, {"port", 5000}, {"statistics_port", 7000}}}}};
}

Manifest parse_json(const Json& json) {
    return parse_manifest(json.dump(), "cluster.json");
}

/// The error for the manifest once `change` was made; empty: it is accepted.
std::string manifest_refusal(const std::function<void(Json&)>& change) {
    auto json = good_manifest();
    change(json);
    try {
        parse_json(json);
        return {};
    } catch (const UsageError& error) {
        return error.what();
    }
}

TEST(Manifest, SaysWhereNodesAreAndWhatCanBeDoneToThem) {
    const auto manifest = parse_json(good_manifest());
    ASSERT_EQ(manifest.nodes.size(), 4U);
    const auto& coordinator = manifest.at("coordinator");
    EXPECT_EQ(manifest.conninfo(coordinator.node),
              "dbname='app' host='db1' hostaddr='' port='5432' user='bench'");
    EXPECT_TRUE(coordinator.can(NodeAction::crash));
    EXPECT_FALSE(coordinator.can(NodeAction::pause));
    EXPECT_FALSE(coordinator.can(NodeAction::cut));
    EXPECT_TRUE(manifest.at("worker1").can(NodeAction::pause));
    EXPECT_FALSE(manifest.at("worker1").can(NodeAction::cut));
    EXPECT_TRUE(manifest.at("worker2").can(NodeAction::crash));
    EXPECT_FALSE(manifest.at("worker2").can(NodeAction::start)) << "no command to start it";
    EXPECT_EQ(manifest.at("lb").node.role, Role::balancer);
    EXPECT_FALSE(manifest.at("lb").can(NodeAction::crash));
    EXPECT_THROW(manifest.at("worker9"), UsageError);
}

TEST(Manifest, IsWrittenAsItIsRead) {
    const auto text = to_json(parse_json(good_manifest()));
    EXPECT_EQ(to_json(parse_manifest(text, "cluster.json")), text);
    EXPECT_EQ(Json::parse(text)["nodes"][0]["control"], good_manifest()["nodes"][0]["control"]);
}

TEST(Manifest, WhatDoesNotFitIsNamedWithItsPlace) {
    EXPECT_EQ(manifest_refusal([](Json&) {}), "");
    EXPECT_EQ(manifest_refusal([](Json& m) { m["nodes"][1]["kind"] = "mysql"; }),
              "--cluster cluster.json: nodes[1].kind: \"mysql\": use postgres, patroni, nginx, "
              "haproxy, etcd, pgbouncer");
    EXPECT_EQ(
        manifest_refusal([](Json& m) { m["nodes"][1]["prot"] = 1; }),
        "--cluster cluster.json: nodes[1].prot: there is no such field; use name, kind, role, "
        "host, inner_host, port, entry, group, rest_port, statistics_port, upstream, control");
    EXPECT_EQ(
        manifest_refusal([](Json& m) { m["nodes"][1]["port"] = 70'000; }),
        "--cluster cluster.json: nodes[1].port: 70000: must be a whole number between 1 and 65535");
    EXPECT_EQ(manifest_refusal([](Json& m) { m["nodes"][1].erase("port"); }),
              "--cluster cluster.json: nodes[1].port: is missing");
    EXPECT_EQ(manifest_refusal([](Json& m) { m["version"] = 2; }),
              "--cluster cluster.json: version: 2: this citusbench reads version 1");
    EXPECT_EQ(manifest_refusal([](Json& m) { m["nodes"][2]["name"] = "worker1"; }),
              "--cluster cluster.json: nodes: two are called worker1; give each a name of its own");
    EXPECT_EQ(manifest_refusal([](Json& m) { m["nodes"][0].erase("entry"); }),
              "--cluster cluster.json: nodes: none has \"entry\": true; mark those that clients "
              "connect to");
    EXPECT_NE(manifest_refusal([](Json& m) { m["connection"] = "password=x"; }).find("~/.pgpass"),
              std::string::npos);
    EXPECT_NE(
        manifest_refusal([](Json& m) { m["connection"] = "host=x"; }).find("each node has its own"),
        std::string::npos);
    EXPECT_NE(manifest_refusal([](Json& m) { m["nodes"][0]["name"] = "a,b"; }).find("use letters"),
              std::string::npos);
    EXPECT_NE(manifest_refusal([](Json& m) {
                  m["nodes"][0]["control"]["container"] = "x";
              }).find("exactly one of process, container and command"),
              std::string::npos);
    EXPECT_NE(manifest_refusal([](Json& m) {
                  m["nodes"][0]["control"] = {{"command", {{"explode", "x"}}}};
              }).find("nodes[0].control.command.explode: there is no such field"),
              std::string::npos);
    EXPECT_EQ(manifest_refusal([](Json& m) {
                  m["nodes"][3]["kind"] = "pgbouncer";
                  m["nodes"][3]["upstream"] = "worker9";
              }),
              "--cluster cluster.json: nodes: lb has \"upstream\": \"worker9\", and there is no "
              "such node");
    EXPECT_NE(
        manifest_refusal([](Json& m) { m["nodes"] = Json::array(); }).find("at least one node"),
        std::string::npos);
}

TEST(Manifest, MendIsReadAsTheOldNameOfHeal) {
    auto json = good_manifest();
    auto& command = json["nodes"][0]["control"]["command"];
    command["mend"] = "reconnect";
    EXPECT_TRUE(parse_json(json).at("coordinator").can(NodeAction::heal));
    EXPECT_NE(manifest_refusal([](Json& m) {
                  m["nodes"][0]["control"] = {{"command", {{"heal", "x"}, {"mend", "x"}}}};
              }).find("nodes[0].control.command.mend: is the old name of heal"),
              std::string::npos);
}

TEST(Manifest, WhatIsNoJsonOrNotThereIsRefused) {
    EXPECT_THROW(parse_manifest("{ \"version\": 1,", "cluster.json"), UsageError);
    EXPECT_THROW(parse_manifest("[]", "cluster.json"), UsageError);
    EXPECT_THROW(read_manifest("/nowhere/cluster.json"), UsageError);
}

std::set<std::string> properties(const Json& object) {
    std::set<std::string> names;
    for (const auto& [name, value] : object.at("properties").items()) names.insert(name);
    return names;
}

TEST(Manifest, TheSchemaHasTheSameFields) {
    const auto schema =
        Json::parse(test::read_text(std::string(test::source_dir()) + "/docs/cluster.schema.json"));
    for (const auto& [object, fields] : test::not_empty(manifest_fields()))
        EXPECT_EQ(properties(object.empty() ? schema : schema.at("$defs").at(object)),
                  std::set<std::string>(fields.begin(), fields.end()))
            << object;
}

} // namespace
} // namespace citusbench
