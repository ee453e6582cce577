#pragma once

#include "deployment/deployment_steps.hpp"

namespace citusbench {

/// The common part of the engines that get every row through the entry point; they differ in
/// create().
class SingleEntryDeployment : public Deployment {
  public:
    SingleEntryDeployment(DeploymentSpec spec, const StopFlag& stop)
        : spec_(std::move(spec)), stop_(stop) {}

    void check(const std::vector<std::string>& extensions) override;
    void finish(const std::vector<pg::TableSpec>& tables) override;
    void drop() override;
    std::vector<CopyTarget> copy_targets(const pg::TableSpec& table) const override;
    std::size_t target_of(const RoutingKey& key) const override;
    std::size_t target_count() const override { return 1; }

  protected:
    const DeploymentSpec& spec() const { return spec_; }
    pg::Client connect() const { return {spec_.entry_conninfo, stop_}; }

  private:
    DeploymentSpec spec_;
    const StopFlag& stop_;
};

} // namespace citusbench
