#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "pg/client.hpp"

namespace citusbench {

/// A run's row in citusbench.runs, which it renews while it lives, so that nobody drops the data
/// under it. A row that was not renewed for 30 s counts for nothing: its client is gone. No lock of
/// a session: behind a pooler the next statement may be another session's.
class RunRegistration {
  public:
    /// Throws RunError where the row cannot be written. `conninfo`: of the entry point that gives
    /// out run numbers.
    RunRegistration(std::string conninfo, std::uint64_t run, const StopFlag& stop);
    RunRegistration(const RunRegistration&) = delete;
    RunRegistration& operator=(const RunRegistration&) = delete;
    ~RunRegistration(); ///< the run has ended

  private:
    void renew();
    void tell(const char* statement) const;

    const std::string conninfo_;
    const std::string run_;
    const std::string client_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool ending_ = false;
    std::thread thread_;
};

/// citusbench.runs, where the schema is there and the table is not. Throws RunError.
void make_runs_table(pg::Client& client);

/// "run 3 of host:1234, since 12 s", or nothing where no run measures there now. Throws RunError.
std::string active_run(pg::Client& client);

} // namespace citusbench
