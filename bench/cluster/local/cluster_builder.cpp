#include "cluster/local/cluster_builder.hpp"

#include <algorithm>
#include <set>
#include <span>

#include <fmt/format.h>

#include "cluster/form_cluster.hpp"
#include "cluster/patroni_group.hpp"
#include "cluster/state/initdb_template.hpp"
#include "core/time.hpp"
#include "os/ports.hpp"
#include "os/run_command.hpp"
#include "os/server_user.hpp"
#include "pg/client.hpp"
#include "pg/sql_template.hpp"
#include "service/server_settings.hpp"
#include "service/service.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

constexpr int port_attempts = 5;
// Copies write some 50 MB a node.
constexpr CommandLimits disk_limits{std::chrono::minutes(10),
                                    "see whether the disk below CITUSBENCH_STATE is full or stuck"};

std::string seconds_since(Ticks begun) {
    return fmt::format("{:.1f} s", to_seconds(now_ticks() - begun));
}

} // namespace

/// The ports by which nodes are reached ascend in the order of the nodes; those of servers behind a
/// proxy follow, and those that nodes need besides.
void ClusterBuilder::set_ports() {
    const auto& proxied = state_.spec.proxied;
    std::uint16_t above = 0;
    for (std::size_t i = 0; i < first_; ++i) above = std::max(above, state_.nodes[i].port);
    const std::span made(state_.nodes.begin() + static_cast<std::ptrdiff_t>(first_),
                         state_.nodes.end());
    auto count = made.size() + proxied.size();
    for (const auto& node : made) count += node.more_ports.size();
    const auto ports = find_free_ports(static_cast<int>(count), above);
    auto next = ports.begin();
    for (auto& node : made) node.port = *next++;
    for (auto& node : made) {
        const bool has_proxy =
            std::find(proxied.begin(), proxied.end(), node.name) != proxied.end();
        node.server_port = has_proxy ? *next++ : node.port;
    }
    for (auto& node : made)
        for (auto& port : node.more_ports) port = *next++;
    if (first_ == 0) state_.save(); // else new nodes are noted when they are there
}

void ClusterBuilder::choose_ports() {
    for (int attempt = 1;; ++attempt) {
        set_ports();
        try {
            network_.start_proxies();
            return;
        } catch (const PortTaken& error) {
            if (attempt == port_attempts) throw;
            log_(fmt::format("{}; using other ports", error.what()));
        }
    }
}

void ClusterBuilder::make_first_node() {
    const auto server_folder = state_.server_folder();
    password_ = first_ == 0 ? random_password() : state_.password();
    if (first_ == 0) write_server_file(state_.pass_file(), fmt::format("*:*:*:*:{}\n", password_));
    const auto data_dir = state_.data_dir(state_.nodes[first_].name);
    InitdbTemplate(state_.postgres)
        .make_data_directory(data_dir, server_folder / "initdb.log", stop_);
    write_server_file(data_dir / "pg_hba.conf", access_rules());
    set_superuser_password(state_.postgres, data_dir, password_, stop_);
    const auto defaults = read_file(data_dir / "postgresql.conf");
    write_server_file(data_dir / "postgresql.conf", defaults + "\ninclude 'citusbench.conf'\n");
}

void ClusterBuilder::make_service_folders() {
    for (const auto& node : state_.nodes) {
        if (node.kind == NodeKind::postgres) continue;
        const auto folder = state_.run_dir(node);
        fs::create_directory(folder);
        fs::permissions(folder, fs::perms::owner_all);
        chown_to_server_user(folder);
    }
}

void ClusterBuilder::write_settings() {
    for (std::size_t i = first_; i < state_.nodes.size(); ++i) {
        const auto& node = state_.nodes[i];
        // The template needs them, too, as it starts without Patroni.
        if (node.holds_data() && fs::exists(state_.data_dir(node.name)))
            service_of(NodeKind::postgres).configure(state_, node);
        if (node.kind != NodeKind::postgres) service_of(node.kind).configure(state_, node);
    }
}

void ClusterBuilder::make_database() {
    const auto& first = state_.nodes[first_];
    // Nothing here must survive a crash, so nothing must reach the disk; the nodes themselves run
    // with fsync.
    control_.start({first.name}, stop_,
                   {"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
                    "-c", "autovacuum=off", "-c", "wal_recycle=off"}); // no empty segments to copy
    pg::Client(state_.server_conninfo(first, "postgres"), stop_)
        .query(cluster_sql("create_database"));
    {
        pg::Client client(state_.server_conninfo(first), stop_);
        const auto create = [&](const char* extension) {
            client.query(cluster_sql("create_extension", {{"extension", extension}}));
        };
        if (state_.postgres.has_postgis) create("postgis");
        if (state_.spec.engine == Engine::fdw) create("postgres_fdw");
        if (state_.spec.engine == Engine::citus) {
            create("citus");
            // The extension turns TLS on with a certificate of its own; on loopback it only costs.
            client.query(cluster_sql("reset_ssl"));
            // Patroni starts servers without our environment, which names the password file.
            if (first.kind == NodeKind::patroni)
                client.query(cluster_sql("citus_password",
                                         {{"login", pg::quote_literal("password=" + password_)}}));
        }
    }
    control_.stop({first.name});
}

void ClusterBuilder::copy_to_other_nodes() {
    const auto& first = state_.nodes[first_];
    std::vector<Command> copies;
    for (std::size_t i = first_; i < state_.nodes.size(); ++i) {
        const auto& node = state_.nodes[i];
        if (node.name == first.name || !node.holds_data()) continue;
        Command copy;
        // Where the file system can share blocks, this takes no time and no space.
        copy.args = {"/bin/cp",
                     "-R",
                     "-p",
                     "--reflink=auto",
                     state_.data_dir(first.name).string(),
                     state_.data_dir(node.name).string()};
        copy.directory = state_.server_folder();
        copy.log = state_.log_file(node.name);
        copy.as_server_user = true;
        copies.push_back(copy);
    }
    run_all(copies, stop_, disk_limits);
}

void ClusterBuilder::start_nodes() {
    for (int attempt = 1;; ++attempt) {
        write_settings();
        try {
            control_.start(names_to_make(), stop_);
            return;
        } catch (const PortTaken& error) {
            if (attempt == port_attempts) throw;
            log_(fmt::format("{}; using other ports", error.what()));
            control_.kill(names_to_make());
            choose_ports();
        }
    }
}

std::vector<std::string> ClusterBuilder::names_to_make() const {
    auto names = state_.names();
    names.erase(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(first_));
    return names;
}

void ClusterBuilder::add_nodes(std::size_t first) {
    first_ = first;
    for (const auto& name : names_to_make()) { // of an attempt that was cut short
        control_.kill({name});
        fs::remove_all(state_.data_dir(name));
    }
    choose_ports();
    make_first_node();
    write_settings();
    make_database();
    copy_to_other_nodes();
    start_nodes();
    state_.save();
}

void ClusterBuilder::form_cluster() {
    if (state_.spec.engine == Engine::citus) form_cluster_citus(state_, stop_);
    if (state_.spec.engine == Engine::fdw) form_cluster_fdw(state_, stop_);
    std::set<int> groups;
    for (const auto& node : state_.nodes)
        if (node.kind == NodeKind::patroni) groups.insert(node.group);
    for (const int group : groups) PatroniGroup(state_, group).await_standby(stop_);
}

void ClusterBuilder::build() {
    const auto begun = now_ticks();
    choose_ports();
    log_(fmt::format("{} on {} with PostgreSQL {}: {} node{} in {}", state_.spec.topology,
                     name_of(state_.spec.engine), state_.postgres.version, state_.nodes.size(),
                     state_.nodes.size() == 1 ? "" : "s", state_.folder.string()));
    make_service_folders();
    make_first_node();
    write_settings();
    log_(fmt::format("data directory made ({})", seconds_since(begun)));
    make_database();
    log_(fmt::format("database and extensions made ({})", seconds_since(begun)));
    copy_to_other_nodes();
    log_(fmt::format("copied to every node ({})", seconds_since(begun)));
    start_nodes();
    log_(fmt::format("all nodes answer on ports {} to {} ({})", state_.nodes.front().port,
                     state_.nodes.back().port, seconds_since(begun)));
    form_cluster();
    log_(fmt::format("cluster is up ({})", seconds_since(begun)));
}

} // namespace citusbench
