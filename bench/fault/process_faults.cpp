#include "fault/fault_kinds.hpp"

#include "fault/fault.hpp"

namespace citusbench {
namespace {

/// A fault of nodes whose target may be a role, such as the leader, which is resolved at the
/// injection.
class NodesFault : public Fault {
  public:
    NodesFault(Cluster& cluster, std::vector<std::string> nodes)
        : cluster_(cluster), nodes_(std::move(nodes)) {}

    Ticks inject() final {
        hit_ = cluster_.resolve(nodes_);
        return inject_into(hit_);
    }
    std::string how() const final { return resolved_target_names(nodes_, hit_); }

  protected:
    virtual Ticks inject_into(const std::vector<std::string>& nodes) = 0;
    Cluster& cluster() { return cluster_; }
    /// By the last injection.
    const std::vector<std::string>& hit() const { return hit_; }

  private:
    Cluster& cluster_;
    std::vector<std::string> nodes_;
    std::vector<std::string> hit_;
};

/// A fault that is one call of the cluster, and healed by another one.
class ProcessFault final : public NodesFault {
  public:
    using Action = Ticks (Cluster::*)(const std::vector<std::string>&);

    /// `ends`: whether the nodes are gone for clients afterwards.
    ProcessFault(Cluster& cluster, std::vector<std::string> nodes, Action break_nodes,
                 Action heal_nodes, bool ends)
        : NodesFault(cluster, std::move(nodes)), inject_(break_nodes), heal_(heal_nodes),
          ends_(ends) {}

    void verify() override {
        if (ends_) cluster().verify_unreachable(hit());
    }
    Ticks heal() override { return (cluster().*heal_)(hit()); }

  private:
    Ticks inject_into(const std::vector<std::string>& nodes) override {
        return (cluster().*inject_)(nodes);
    }

    Action inject_;
    Action heal_;
    bool ends_;
};

class PostmasterFault final : public NodesFault {
  public:
    using NodesFault::NodesFault;
    Ticks heal() override {
        cluster().kill(hit());
        return cluster().start_nodes(hit());
    }

  private:
    Ticks inject_into(const std::vector<std::string>& nodes) override {
        return cluster().kill_postmaster(nodes);
    }
};

class SwitchoverFault final : public NodesFault {
  public:
    using NodesFault::NodesFault;
    /// The old leader follows the new one.
    Ticks heal() override { return cluster().start_nodes(hit()); }

  private:
    Ticks inject_into(const std::vector<std::string>& nodes) override {
        Ticks done = 0;
        for (const auto& node : nodes) done = cluster().switch_over(node);
        return done;
    }
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
