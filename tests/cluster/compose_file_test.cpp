#include <gtest/gtest.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cluster/compose/compose_project.hpp"
#include "cluster/make_cluster_spec.hpp"
#include "support/containers.hpp"
#include "support/paths.hpp"

namespace citusbench::test {
namespace {

using nlohmann::json;

/// compose.yml, as Compose understands it; the program is needed for that, an engine is not.
class ComposeFile : public testing::Test {
  protected:
    void SetUp() override {
        if (compose_command().empty()) GTEST_SKIP() << "Compose is not installed";
    }

    static std::string config(const std::string& profile, const std::string& settings,
                              const std::string& format = "") {
        return fmt::format("env -u PGPASSWORD {} {} --env-file /dev/null --file {}/compose.yml "
                           "--profile {} config {}",
                           settings, compose_command(), source_dir(), profile, format);
    }

    static json services(const std::string& profile) {
        const auto root = json::parse(shell(config(profile, "PGPASSWORD=secret", "--format json")),
                                      nullptr, false);
        EXPECT_TRUE(root.is_object()) << profile;
        return root.is_object() ? root.at("services") : json::object();
    }
};

TEST_F(ComposeFile, EveryProfileIsValid) {
    for (const auto* profile :
         {"single", "active-active", "multi-master", "dual-cluster", "active-passive",
          "active-passive-replicas", "spatial-ha", "pgadmin"})
        EXPECT_FALSE(services(profile).empty()) << profile;
}

TEST_F(ComposeFile, AMissingPasswordIsOneClearMessage) {
    const auto said = output_of(
        {"/bin/sh", "-c", "{ " + config("single", "") + "; } 2>&1; echo \"exit code $?\""});
    EXPECT_NE(said.find("PGPASSWORD"), std::string::npos) << said;
    EXPECT_NE(said.find(".env.example"), std::string::npos) << said;
    EXPECT_EQ(said.find("exit code 0"), std::string::npos) << said;
}

TEST_F(ComposeFile, NodesAreThoseOfTheTopology) {
    std::vector<ClusterSpec> specs;
    for (const auto& topology : topology_registry()) {
        ClusterOptions options;
        options.topology = topology.name;
        specs.push_back(make_compose_spec(options));
        if (!topology.has_replicas) continue;
        options.replicas_per_worker = 1;
        specs.push_back(make_compose_spec(options));
    }
    for (const auto& spec : specs) {
        const auto profile = profile_of(spec);
        const auto containers = services(profile);
        for (const auto& node : nodes_of(spec)) {
            const auto found =
                std::find_if(containers.begin(), containers.end(), [&](const json& each) {
                    return each["labels"].value("citusbench.node", "") == node.name;
                });
            ASSERT_NE(found, containers.end()) << profile << " " << node.name;
            const auto& labels = (*found)["labels"];
            EXPECT_EQ(labels.value("citusbench.role", ""), name_of(node.role)) << node.name;
            EXPECT_EQ(labels.value("citusbench.kind", ""), name_of(node.kind)) << node.name;
            EXPECT_EQ(labels.value("citusbench.topology", ""), profile) << node.name;
            EXPECT_EQ(labels.contains("citusbench.entry"), node.is_entry) << node.name;
        }
    }
}

TEST_F(ComposeFile, PortsAreOnLoopbackAndNothingStartsAgainByItself) {
    for (const auto* profile : {"active-active", "multi-master", "dual-cluster", "active-passive",
                                "active-passive-replicas", "spatial-ha", "single", "pgadmin"}) {
        const auto all = services(profile);
        for (const auto& [name, service] : all.items()) {
            EXPECT_EQ(service.value("restart", ""), "no") << name;
            for (const auto& port : service.value("ports", json::array())) {
                EXPECT_EQ(port.value("host_ip", ""), "127.0.0.1") << name;
                if (name == "pgadmin") continue;
                EXPECT_EQ(port["published"].get<std::string>(),
                          std::to_string(port["target"].get<int>()))
                    << name;
            }
        }
    }
}

} // namespace
} // namespace citusbench::test
