#include "target/loader.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantity.hpp"
#include "pg/client.hpp"

namespace citusbench {
namespace {

constexpr std::uint64_t chunk_rows = 8192;
/// The bytes that a thread collects in all before it sends.
constexpr std::size_t gather_bytes = 16U << 20;
/// The maximum size of one COPY. Each COPY costs a commit, and on Citus a connection to every
/// shard: with 16 MiB the load took twice the time. The server reports errors at the end of a COPY,
/// so there is a maximum.
constexpr std::size_t copy_bytes = 256U << 20;

/// What the threads of a load share.
struct Shared {
    std::atomic<std::uint64_t> next_row{0};
    std::atomic<std::uint64_t> copied_rows{0};
    std::atomic<bool> failed{false};
    std::atomic<int> running{0};
    std::mutex mutex;
    std::exception_ptr failure;

    void fail(std::exception_ptr why) {
        const std::scoped_lock lock(mutex);
        if (!failure) failure = std::move(why);
        failed = true;
    }
};

/// One thread's part in the load of one table.
class TableLoad {
  public:
    TableLoad(const Workload& workload, std::size_t table, const Deployment& deployment,
              std::int64_t load_time_us, const StopFlag& stop, Shared& shared)
        : workload_(workload), table_(table), deployment_(deployment), load_time_us_(load_time_us),
          stop_(stop), shared_(shared), targets_(deployment.copy_targets(workload.tables()[table])),
          buffers_(targets_.size()), buffered_rows_(targets_.size()),
          flush_bytes_(std::max<std::size_t>(gather_bytes / targets_.size(), 1U << 18)) {}

    void run() {
        const auto rows = workload_.row_count(table_);
        pg::CopyBuffer row;
        while (!shared_.failed) {
            const auto first = shared_.next_row.fetch_add(chunk_rows);
            if (first >= rows) break;
            const auto last = std::min(first + chunk_rows, rows);
            for (auto i = first; i < last; ++i) {
                row.clear();
                const auto key = workload_.make_row(table_, i, load_time_us_, row);
                if (!workload_.tables()[table_].is_reference) {
                    put(row, deployment_.target_of(key));
                    continue;
                }
                for (std::size_t target = 0; target < targets_.size(); ++target) put(row, target);
            }
        }
        for (std::size_t target = 0; target < targets_.size() && !shared_.failed; ++target)
            flush(target);
        for (auto& [conninfo, stream] : streams_)
            if (!shared_.failed) end_copy(stream);
    }

  private:
    void put(const pg::CopyBuffer& row, std::size_t target) {
        buffers_[target].append(row);
        ++buffered_rows_[target];
        if (buffers_[target].size() >= flush_bytes_) flush(target);
    }

    /// A connection, and the COPY that is open on it.
    struct Stream {
        std::unique_ptr<pg::Client> client;
        std::optional<std::size_t> target;
        std::size_t bytes = 0;
    };

    static void end_copy(Stream& stream) {
        if (stream.target) stream.client->end_copy();
        stream.target.reset();
        stream.bytes = 0;
    }

    void begin_copy(Stream& stream, std::size_t target) {
        stream.client->begin_copy(
            fmt::format("copy {} ({}) from stdin (format binary)", targets_[target].table,
                        fmt::join(workload_.tables()[table_].copy_columns, ", ")));
        stream.target = target;
    }

    void flush(std::size_t target) {
        if (buffered_rows_[target] == 0) return;
        auto& stream = streams_[targets_[target].conninfo];
        if (!stream.client)
            stream.client = std::make_unique<pg::Client>(targets_[target].conninfo, stop_);
        if (stream.target != target || stream.bytes >= copy_bytes) {
            end_copy(stream);
            begin_copy(stream, target);
        }
        stream.client->put_rows(buffers_[target]);
        stream.bytes += buffers_[target].size();
        // A reference table's rows go to every target and are counted once.
        if (!workload_.tables()[table_].is_reference || target == 0)
            shared_.copied_rows += buffered_rows_[target];
        buffered_rows_[target] = 0;
        buffers_[target].clear();
    }

    const Workload& workload_;
    std::size_t table_;
    const Deployment& deployment_;
    std::int64_t load_time_us_;
    const StopFlag& stop_;
    Shared& shared_;
    std::vector<CopyTarget> targets_;
    std::vector<pg::CopyBuffer> buffers_;
    std::vector<std::uint64_t> buffered_rows_;
    std::size_t flush_bytes_;
    std::map<std::string, Stream> streams_; ///< by conninfo
};

unsigned load_threads() {
    return std::clamp(std::thread::hardware_concurrency(), 2U, 8U);
}

void report_progress(const StatusSink& report_status, const std::string& table, std::uint64_t done,
                     std::uint64_t rows, Ticks started) {
    const auto seconds = std::max(to_seconds(now_ticks() - started), 0.001);
    report_status(
        fmt::format("loading {}: {} of {} rows, {} rows/s", table, format_count(done),
                    format_count(rows),
                    format_count(static_cast<std::uint64_t>(static_cast<double>(done) / seconds))),
        true);
}

void load_table(const Workload& workload, std::size_t table, const Deployment& deployment,
                std::int64_t load_time_us, const StopFlag& stop, const StatusSink& report_status) {
    Shared shared;
    const auto started = now_ticks();
    const auto count = load_threads();
    shared.running = static_cast<int>(count);
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < count; ++i)
        threads.emplace_back([&] {
            try {
                TableLoad(workload, table, deployment, load_time_us, stop, shared).run();
            } catch (...) {
                shared.fail(std::current_exception());
            }
            --shared.running;
        });
    const auto& name = workload.tables()[table].name;
    const auto rows = workload.row_count(table);
    for (int slices = 1; shared.running > 0; ++slices) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        if (slices % 50 == 0)
            report_progress(report_status, name, shared.copied_rows, rows, started);
    }
    threads.clear();
    if (shared.failure) std::rethrow_exception(shared.failure);
}

} // namespace

std::uint64_t load_tables(const Workload& workload, const Deployment& deployment,
                          std::int64_t load_time_us, const StopFlag& stop,
                          const StatusSink& report_status) {
    std::uint64_t rows = 0;
    for (std::size_t table = 0; table < workload.tables().size(); ++table) {
        load_table(workload, table, deployment, load_time_us, stop, report_status);
        rows += workload.row_count(table);
    }
    return rows;
}

} // namespace citusbench
