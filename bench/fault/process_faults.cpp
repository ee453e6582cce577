#include "fault/process_faults.hpp"

#include "fault/resolved_target_names.hpp"

namespace citusbench {
namespace {

/// A fault that one call of the cluster injects and another one heals.
class ProcessFault final : public Fault {
  public:
    using Action = Ticks (Cluster::*)(const std::vector<std::string>&);

    /// `ends`: whether clients find nobody there afterwards.
    ProcessFault(Cluster& cluster, std::vector<std::string> nodes, Action break_nodes,
                 Action heal_nodes, bool ends)
        : cluster_(cluster), nodes_(std::move(nodes)), break_(break_nodes), heal_(heal_nodes),
          ends_(ends) {}

    Ticks inject() override {
        hit_ = cluster_.resolve(nodes_);
        return (cluster_.*break_)(hit_);
    }
    void verify() override {
        if (ends_) cluster_.verify_unreachable(hit_);
    }
    Ticks heal() override { return (cluster_.*heal_)(hit_); }
    std::string how() const override { return resolved_target_names(nodes_, hit_); }

  private:
    Cluster& cluster_;
    std::vector<std::string> nodes_;
    std::vector<std::string> hit_; ///< by the last injection
    Action break_;
    Action heal_;
    bool ends_;
};

class PostmasterFault final : public Fault {
  public:
    PostmasterFault(Cluster& cluster, std::vector<std::string> nodes)
        : cluster_(cluster), nodes_(std::move(nodes)) {}

    Ticks inject() override {
        hit_ = cluster_.resolve(nodes_);
        return cluster_.kill_postmaster(hit_);
    }
    Ticks heal() override {
        cluster_.kill(hit_);
        return cluster_.start_nodes(hit_);
    }
    std::string how() const override { return resolved_target_names(nodes_, hit_); }

  private:
    Cluster& cluster_;
    std::vector<std::string> nodes_;
    std::vector<std::string> hit_;
};

class SwitchoverFault final : public Fault {
  public:
    SwitchoverFault(Cluster& cluster, std::vector<std::string> nodes)
        : cluster_(cluster), nodes_(std::move(nodes)) {}

    Ticks inject() override {
        hit_ = cluster_.resolve(nodes_);
        Ticks done = 0;
        for (const auto& node : hit_) done = cluster_.switch_over(node);
        return done;
    }
    /// The old leader follows the new one.
    Ticks heal() override { return cluster_.start_nodes(hit_); }
    std::string how() const override { return resolved_target_names(nodes_, hit_); }

  private:
    Cluster& cluster_;
    std::vector<std::string> nodes_;
    std::vector<std::string> hit_;
};

class NoFault final : public Fault {
  public:
    Ticks inject() override { return now_ticks(); }
    Ticks heal() override { return now_ticks(); }
};

} // namespace

std::unique_ptr<Fault> make_crash(Cluster& cluster, const FaultSpec& spec) {
    return std::make_unique<ProcessFault>(cluster, spec.nodes, &Cluster::kill,
                                          &Cluster::start_nodes, true);
}

std::unique_ptr<Fault> make_stop(Cluster& cluster, const FaultSpec& spec) {
    return std::make_unique<ProcessFault>(cluster, spec.nodes, &Cluster::stop,
                                          &Cluster::start_nodes, true);
}

std::unique_ptr<Fault> make_pause(Cluster& cluster, const FaultSpec& spec) {
    return std::make_unique<ProcessFault>(cluster, spec.nodes, &Cluster::pause, &Cluster::resume,
                                          false);
}

std::unique_ptr<Fault> make_postmaster(Cluster& cluster, const FaultSpec& spec) {
    return std::make_unique<PostmasterFault>(cluster, spec.nodes);
}

std::unique_ptr<Fault> make_switchover(Cluster& cluster, const FaultSpec& spec) {
    return std::make_unique<SwitchoverFault>(cluster, spec.nodes);
}

std::unique_ptr<Fault> make_none(Cluster&, const FaultSpec&) {
    return std::make_unique<NoFault>();
}

} // namespace citusbench
