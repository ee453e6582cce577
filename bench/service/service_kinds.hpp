#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "service/service.hpp"
#include "service/template.hpp"

namespace citusbench {

// One service_<kind>.cpp each.
const Service& postgres_service();
const Service& nginx_service();
const Service& haproxy_service();
const Service& etcd_service();
const Service& patroni_service();
const Service& pgbouncer_service();

/// Service::start_order() of the kinds.
namespace start_order {
inline constexpr int dcs = 0;
inline constexpr int database = 1;
inline constexpr int balancer = 2;
inline constexpr int pooler = 3;
} // namespace start_order

/// The program's path, searched as a root shell would; empty if it is missing.
std::filesystem::path find_program(std::string_view name);
/// Its path; throws UsageError that names the packages.
std::filesystem::path require_program(std::string_view name, std::string_view packages,
                                      const std::string& topology);
/// The same for something else that is missing.
[[noreturn]] void refuse_missing(std::string_view what, std::string_view packages,
                                 const std::string& topology);

/// The word after `mark` in a program's output, which may be empty.
std::string word_after(std::string_view mark, const std::string& text);

/// A command that runs in the node's folder and logs to the node's file.
Command service_command(const ClusterState& state, const Node& node, std::vector<std::string> args);
/// Values HOST, NAME and PORT of nodes, as others reach them.
std::vector<TemplateValues> addresses_of(const std::vector<Node>& nodes);
/// How many connections a balancer must be able to pass on.
int balancer_connections(const ClusterState& state);
/// True if a query comes through, to a server that can be written to; or, where none of those that
/// it passes connections on to answers either, if it accepts connections.
bool balancer_answers(const ClusterState& state, const Node& node,
                      const std::vector<Node>& servers);

} // namespace citusbench
