#include "pg/hosts.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/error.hpp"

namespace citusbench::pg {
namespace {

std::string hosts_text(const std::string& conninfo) {
    std::string text;
    for (const auto& host : resolved_hosts(Conninfo::parse(conninfo)))
        text += host.name + "@" + host.address + ":" + host.port + " ";
    return text;
}

TEST(Hosts, EachHasItsAddressAndPort) {
    EXPECT_EQ(hosts_text("host=a,/tmp hostaddr=10.0.0.1, port=1,2"), "a@10.0.0.1:1 /tmp@:2 ");
    EXPECT_EQ(hosts_text("host=a,b hostaddr=10.0.0.1,10.0.0.2 port=7"),
              "a@10.0.0.1:7 b@10.0.0.2:7 ");
    EXPECT_EQ(hosts_text("hostaddr=10.0.0.1,10.0.0.2"), "@10.0.0.1: @10.0.0.2: ");
}

TEST(Hosts, NamesAreResolvedNow) {
    const auto hosts = resolved_hosts(Conninfo::parse("host=localhost,10.1.2.3 port=5,6"));
    ASSERT_GE(hosts.size(), 2U);
    EXPECT_TRUE(hosts.front().address == "127.0.0.1" || hosts.front().address == "::1");
    EXPECT_EQ(hosts.front().port, "5");
    EXPECT_EQ(hosts.back().address, "10.1.2.3");
    EXPECT_EQ(hosts.back().port, "6");
    EXPECT_THROW(resolved_hosts(Conninfo::parse("host=no-such-host.invalid,10.1.2.3")), RunError);
    EXPECT_THROW(resolved_hosts(Conninfo::parse("host=a,b hostaddr=10.0.0.1,10.0.0.2,10.0.0.3")),
                 std::invalid_argument);
}

TEST(Hosts, EachOfThemIsTheFirstOfOneAttempt) {
    auto conninfo = Conninfo::parse("host=a,b,c hostaddr=10.0.0.1,10.0.0.2,10.0.0.3 port=1,2,3 "
                                    "target_session_attrs=read-write");
    const auto others = host_rotations(conninfo);
    ASSERT_EQ(others.size(), 2U);
    EXPECT_EQ(others[0].get("hostaddr"), "10.0.0.2,10.0.0.3,10.0.0.1");
    EXPECT_EQ(others[0].get("port"), "2,3,1");
    EXPECT_EQ(others[1].get("host"), "c,a,b");
    EXPECT_EQ(others[1].get("target_session_attrs"), "read-write");
}

} // namespace
} // namespace citusbench::pg
