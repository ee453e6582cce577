#include "workload/workload.hpp"

#include <stdexcept>

namespace citusbench {

void Session::make_inserted_row(std::uint64_t /*index*/, std::uint32_t /*kind*/,
                                std::uint64_t /*row*/, pg::CopyBuffer& /*out*/) {
    throw std::logic_error("this workload inserts no rows");
}

std::optional<Change> Session::change(std::uint64_t /*index*/, std::uint32_t /*kind*/,
                                      pg::CopyBuffer& /*value*/) {
    return std::nullopt;
}

RoutingKey Workload::key(std::uint64_t /*i*/) const {
    return {};
}

std::unique_ptr<AnswerChecker> Workload::answer_checker(const RunIdentity& /*identity*/,
                                                        std::span<const double> /*weights*/) const {
    return nullptr;
}

} // namespace citusbench
