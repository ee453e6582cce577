#pragma once

#include <filesystem>

// Only declarations: including the whole library costs seconds in each file.
#include <nlohmann/json_fwd.hpp>

#include "record/run_record.hpp"

/// The sections of run.json, for the files of this module that write it. Each puts its members into
/// `json` in the order in which they are written, and none where the record lacks the section.
namespace citusbench::run_json {

/// Everything of `record`, in the order that the contract names.
nlohmann::ordered_json whole(const RunRecord& record);

/// The value of "verification": verdict, whether it holds, the checks with their offenders.
nlohmann::ordered_json verification(const Verification& verification);

/// What was known before the load was measured, from "version" to "load", and the warm-up.
void put_setup(const RunRecord& record, nlohmann::ordered_json& json);

/// "capacity" and "suite".
void put_capacity(const RunRecord& record, nlohmann::ordered_json& json);
void put_suite(const RunRecord& record, nlohmann::ordered_json& json);

/// "monitor", and the client's figures from "client_cost" to "rows_returned".
void put_client(const RunRecord& record, nlohmann::ordered_json& json);

/// "faults", and the moment that their times count from, in "clock".
void put_faults(const RunRecord& record, nlohmann::ordered_json& json);

/// Instead of all these: what a merged run copies from its parts.
void put_merged(const RunRecord& record, nlohmann::ordered_json& json);

/// Writes `json` to `path`, which is replaced whole or stays as it was. Throws RunError.
void write_file(const nlohmann::ordered_json& json, const std::filesystem::path& path);

} // namespace citusbench::run_json
