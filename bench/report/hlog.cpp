#include "report/outputs.hpp"

#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "report/output_file.hpp"

namespace citusbench {
namespace {

class HlogReporter : public Reporter {
  public:
    bool writes_files() const override { return true; }
    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        OutputFile file(folder / "latency.hlog");
        file.write(hlog_text(record));
        file.close();
    }
};

} // namespace

std::string hlog_text(const RunRecord& record) {
    const auto start = static_cast<std::time_t>(record.zero_wall_us / 1'000'000);
    auto text = fmt::format("#[citusbench {}: response times of ok operations by tag, in ns]\n"
                            "#[Histogram log format version 1.3]\n"
                            "#[StartTime: {:.3f} (seconds since epoch), {:%Y-%m-%dT%H:%M:%SZ}]\n"
                            "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_"
                            "Compressed_Histogram\"\n",
                            record.labels.run, static_cast<double>(record.zero_wall_us) / 1e6,
                            fmt::gmtime(start));
    for (const auto& interval : record.latency_log)
        text += fmt::format("Tag={},{:.3f},{:.3f},{:.3f},{}\n",
                            record.operations[interval.operation].name, interval.elapsed_s,
                            interval.length_s, interval.max_ms, interval.histogram);
    return text;
}

std::unique_ptr<Reporter> make_hlog() {
    return std::make_unique<HlogReporter>();
}

} // namespace citusbench
