#include "worker/canceller.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace citusbench {
namespace {

constexpr std::size_t max_waiting = 1000;

} // namespace

struct Canceller::Shared {
    struct Deleter {
        void operator()(PGcancel* cancel) const { PQfreeCancel(cancel); }
    };
    using CancelPtr = std::unique_ptr<PGcancel, Deleter>;

    mutable std::mutex mutex;
    std::condition_variable wake;
    std::deque<CancelPtr> queue;
    Counts counts;
    bool done = false;

    void run() {
        std::unique_lock lock(mutex);
        while (true) {
            wake.wait(lock, [&] { return done || !queue.empty(); });
            if (done) return;
            const auto request = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            std::array<char, 256> error{};
            const bool sent = PQcancel(request.get(), error.data(), error.size()) == 1;
            lock.lock();
            if (sent) ++counts.delivered;
        }
    }
};

Canceller::Canceller() : shared_(std::make_shared<Shared>()) {
    std::thread([shared = shared_] { shared->run(); }).detach();
}

Canceller::~Canceller() {
    const std::scoped_lock lock(shared_->mutex);
    shared_->done = true;
    shared_->wake.notify_all();
}

void Canceller::cancel(PGconn* connection) {
    Shared::CancelPtr request(connection ? PQgetCancel(connection) : nullptr);
    const std::scoped_lock lock(shared_->mutex);
    ++shared_->counts.requested;
    if (!request || shared_->queue.size() >= max_waiting) {
        ++shared_->counts.dropped;
        return;
    }
    shared_->queue.push_back(std::move(request));
    shared_->wake.notify_one();
}

Canceller::Counts Canceller::counts() const {
    const std::scoped_lock lock(shared_->mutex);
    return shared_->counts;
}

} // namespace citusbench
