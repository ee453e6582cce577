#pragma once

#include <cstdint>

#include "core/distribution.hpp"
#include "core/random.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// Streams of Random, so that no two uses of a seed see the same numbers: tables and the like take
/// numbers below 256, a run's operations one above all of these.
constexpr std::uint64_t stream_of_run(std::uint64_t run) {
    return (run + 1) << 8;
}

/// What sessions share whose operations begin with a key: operation `index` has random numbers of
/// its own, the first of which draws the key, and the routing key is its first parameter.
/// `Derived` has, and befriends this class for
///   static RoutingKey key_of(Kind kind, std::uint64_t key);
///   void add_params(Kind kind, std::uint64_t key, Random& random, Operation& operation) const;
template <typename Derived, typename Kind, typename Data>
class KeyedSession : public Session {
  public:
    /// `data` and `keys` belong to the workload and outlive it.
    KeyedSession(const Data& data, const KeyChooser& keys, const RunIdentity& identity)
        : data_(&data), keys_(&keys), identity_(identity) {}

    RoutingKey key(std::uint64_t index, std::uint32_t kind) final {
        auto random = random_of(index);
        return Derived::key_of(static_cast<Kind>(kind), draw_key(random));
    }

    void make(std::uint64_t index, std::uint32_t kind, Operation& operation) final {
        auto random = random_of(index);
        const auto key = draw_key(random);
        operation.index = index;
        operation.kind = kind;
        operation.key = Derived::key_of(static_cast<Kind>(kind), key);
        operation.params.clear();
        if (operation.key.kind != RoutingKey::Kind::none)
            operation.params.add_int8(operation.key.number);
        static_cast<const Derived&>(*this).add_params(static_cast<Kind>(kind), key, random,
                                                      operation);
    }

  protected:
    const Data& data() const { return *data_; }
    const RunIdentity& identity() const { return identity_; }
    Random random_of(std::uint64_t index) const {
        return {data_->seed(), stream_of_run(identity_.run), index};
    }
    std::uint64_t draw_key(Random& random) const { return (*keys_)(random); }

  private:
    const Data* data_;
    const KeyChooser* keys_;
    RunIdentity identity_;
};

} // namespace citusbench
