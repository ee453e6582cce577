#include <functional>
#include <future>

#include "deployment/deployment.hpp"
#include "topology/cluster_map.hpp"

namespace citusbench {
namespace {

/// Several independent clusters, each with its part of the rows.
class DeploymentOnClusters final : public Deployment {
  public:
    DeploymentOnClusters(const std::vector<DeploymentSpec>& clusters, const StopFlag& stop)
        : map_(clusters.size()) {
        for (const auto& cluster : clusters) parts_.push_back(make_deployment(cluster, stop));
    }

    void check(const std::vector<std::string>& extensions) override {
        on_each([&](Deployment& part) { part.check(extensions); });
    }
    void create(const std::vector<pg::TableSpec>& tables,
                const std::vector<std::string>& extensions) override {
        on_each([&](Deployment& part) { part.create(tables, extensions); });
    }
    void finish(const std::vector<pg::TableSpec>& tables) override {
        on_each([&](Deployment& part) { part.finish(tables); });
    }
    void drop() override {
        on_each([](Deployment& part) { part.drop(); });
    }

    std::vector<CopyTarget> copy_targets(const pg::TableSpec& table) const override {
        std::vector<CopyTarget> targets;
        for (const auto& part : parts_)
            for (auto& target : part->copy_targets(table)) targets.push_back(std::move(target));
        return targets;
    }
    std::size_t target_of(const RoutingKey& key) const override {
        const auto owner = map_.owner_of(key);
        std::size_t before = 0;
        for (std::size_t i = 0; i < owner; ++i) before += parts_[i]->target_count();
        return before + parts_[owner]->target_of(key);
    }
    std::size_t target_count() const override {
        std::size_t count = 0;
        for (const auto& part : parts_) count += part->target_count();
        return count;
    }

  private:
    /// At the same time; the first error is thrown when all have ended.
    void on_each(const std::function<void(Deployment&)>& work) {
        std::vector<std::future<void>> running;
        for (auto& part : parts_)
            running.push_back(std::async(std::launch::async, [&] { work(*part); }));
        for (auto& one : running) one.wait();
        for (auto& one : running) one.get();
    }

    ClusterMap map_;
    std::vector<std::unique_ptr<Deployment>> parts_;
};

} // namespace

std::unique_ptr<Deployment> make_deployment(const std::vector<DeploymentSpec>& clusters,
                                            const StopFlag& stop) {
    if (clusters.size() == 1) return make_deployment(clusters.front(), stop);
    return std::make_unique<DeploymentOnClusters>(clusters, stop);
}

} // namespace citusbench
