#include "report/registry.hpp"

#include <array>

#include "report/capacity.hpp"
#include "report/csv.hpp"
#include "report/hlog.hpp"
#include "report/json.hpp"
#include "report/part.hpp"
#include "report/suite.hpp"
#include "report/verification.hpp"

namespace citusbench {
namespace {

constexpr std::array registry = {
    ReporterEntry{"console", "the live line and the summary at the end",
                  [](const ReportOptions& options) { return make_console(options.console); }},
    ReporterEntry{"csv", "summary, timeline, histogram, events and errors as CSV",
                  [](const ReportOptions&) { return make_csv(); }},
    ReporterEntry{"hlog", "latency.hlog for the tools of HdrHistogram",
                  [](const ReportOptions&) { return make_hlog(); }},
    ReporterEntry{"json", "run.json: all that is needed to repeat and to judge the run",
                  [](const ReportOptions&) { return make_json(); }},
    ReporterEntry{"part", "part.json, where several processes make a load together",
                  [](const ReportOptions&) { return make_part(); }},
    ReporterEntry{"capacity", "capacity.csv: the probes of a search for the largest rate",
                  [](const ReportOptions&) { return make_capacity(); }},
    ReporterEntry{"suite", "suite.csv: each operation under each condition of a suite",
                  [](const ReportOptions&) { return make_suite(); }},
    ReporterEntry{"verification", "verify.csv, and ledger.bin to judge the run again",
                  [](const ReportOptions&) { return make_verification(); }},
};

} // namespace

std::span<const ReporterEntry> reporters() {
    return registry;
}

} // namespace citusbench
