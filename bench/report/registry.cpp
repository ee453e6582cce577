#include "report/registry.hpp"

#include <array>

#include "report/json.hpp"
#include "report/outputs.hpp"

namespace citusbench {
namespace {

constexpr std::array registry = {
    ReporterRegistration{
        "console", "the live line and the summary at the end",
        [](const ReportOptions& options) { return make_console(options.console); }},
    ReporterRegistration{"csv", "summary, timeline, histogram, events and errors as CSV",
                         [](const ReportOptions&) { return make_csv(); }},
    ReporterRegistration{"hlog", "latency.hlog for the tools of HdrHistogram",
                         [](const ReportOptions&) { return make_hlog(); }},
    ReporterRegistration{"json", "run.json: all that is needed to repeat and to verify the run",
                         [](const ReportOptions&) { return make_json(); }},
    ReporterRegistration{"part", "part.json, where several processes make a load together",
                         [](const ReportOptions&) { return make_part(); }},
    ReporterRegistration{"capacity", "capacity.csv: the probes of a search for the largest rate",
                         [](const ReportOptions&) { return make_capacity(); }},
    ReporterRegistration{"suite", "suite.csv: each operation under each condition of a suite",
                         [](const ReportOptions&) { return make_suite(); }},
    ReporterRegistration{"verification", "verify.csv, and ledger.bin to verify the run again",
                         [](const ReportOptions&) { return make_verification(); }},
};

} // namespace

std::span<const ReporterRegistration> reporters() {
    return registry;
}

} // namespace citusbench
