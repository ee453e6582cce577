#include "record/stats_json.hpp"

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace citusbench {
namespace {

using Json = nlohmann::ordered_json;

Json histogram_json(const Histogram& histogram) {
    if (histogram.empty()) return {};
    Json buckets = Json::array();
    for (const auto& bucket : histogram.buckets()) {
        buckets.push_back(bucket.from_ns);
        buckets.push_back(bucket.count);
    }
    const auto exact = histogram.exact();
    return {{"sum_ns", exact.sum_ns},
            {"min_ns", exact.min_ns},
            {"max_ns", exact.max_ns},
            {"buckets", std::move(buckets)}};
}

Histogram histogram_from(const Json& json) {
    if (json.is_null()) return {};
    const auto flat = json.at("buckets").get<std::vector<std::uint64_t>>();
    if (flat.size() % 2 != 0) throw std::invalid_argument("a bucket without a count");
    std::vector<Histogram::Bucket> buckets;
    for (std::size_t i = 0; i < flat.size(); i += 2) buckets.push_back({flat[i], 0, flat[i + 1]});
    return Histogram::restore(buckets, {json.at("sum_ns").get<std::uint64_t>(),
                                        json.at("min_ns").get<std::uint64_t>(),
                                        json.at("max_ns").get<std::uint64_t>()});
}

Json operation_json(const OpStats& stats) {
    Json response = Json::array();
    Json service = Json::array();
    for (const auto& each : stats.response) response.push_back(histogram_json(each));
    for (const auto& each : stats.service) service.push_back(histogram_json(each));
    return {{"scheduled", stats.scheduled},
            {"outcomes", stats.outcomes},
            {"rows", stats.rows},
            {"response", std::move(response)},
            {"service", std::move(service)}};
}

OpStats operation_from(const Json& json) {
    OpStats stats;
    stats.scheduled = json.at("scheduled").get<std::uint64_t>();
    stats.outcomes = json.at("outcomes").get<decltype(stats.outcomes)>();
    stats.rows = json.at("rows").get<std::uint64_t>();
    for (std::size_t i = 0; i < outcome_count; ++i) {
        stats.response[i] = histogram_from(json.at("response").at(i));
        stats.service[i] = histogram_from(json.at("service").at(i));
    }
    return stats;
}

} // namespace

std::string stats_to_json(const std::vector<OpStats>& operations) {
    auto json = Json::array();
    for (const auto& stats : operations) json.push_back(operation_json(stats));
    return json.dump();
}

std::vector<OpStats> stats_from_json(std::string_view text) {
    std::vector<OpStats> operations;
    try {
        for (const auto& each : Json::parse(text)) operations.push_back(operation_from(each));
    } catch (const Json::exception& error) {
        throw std::invalid_argument(error.what());
    }
    return operations;
}

} // namespace citusbench
