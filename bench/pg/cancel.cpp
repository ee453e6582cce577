#include "pg/cancel.hpp"

#include <array>
#include <future>
#include <memory>
#include <thread>
#include <utility>

namespace citusbench::pg {

void cancel_at_server(PGconn* connection, std::chrono::milliseconds timeout) {
    std::shared_ptr<PGcancel> request(PQgetCancel(connection), &PQfreeCancel);
    if (!request) return;
    std::packaged_task<void()> task([request] {
        std::array<char, 256> error{};
        PQcancel(request.get(), error.data(), static_cast<int>(error.size()));
    });
    const auto done = task.get_future();
    std::thread(std::move(task)).detach();
    done.wait_for(timeout);
}

} // namespace citusbench::pg
