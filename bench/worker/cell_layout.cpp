#include "worker/cell_layout.hpp"

#include <algorithm>
#include <utility>

namespace citusbench {

CellLayout::CellLayout(std::size_t kinds, std::shared_ptr<const KeyGroups> groups,
                       const std::vector<std::string>& entries)
    : kinds_(kinds), plain_(kinds * (groups ? groups->groups() : 1)), groups_(std::move(groups)),
      blocks_(entries) {
    if (entries.empty()) return;
    blocks_.emplace_back("every");
    blocks_.emplace_back("none");
}

bool CellLayout::is_used(std::span<const OpStats> cells, std::size_t block) const {
    const auto in_block = cells.subspan((1 + block) * plain_, plain_);
    return std::any_of(in_block.begin(), in_block.end(),
                       [](const auto& cell) { return cell.completed() > 0; });
}

std::vector<OpStats> CellLayout::sum(std::span<const OpStats> cells, Keys keys,
                                     std::size_t block) const {
    std::vector<OpStats> operations(kinds_);
    if (block != every_block) cells = cells.subspan((1 + block) * plain_, plain_);
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const bool affected = groups_ && groups_->affected_by_any(i % plain_ / kinds_);
        if (keys != Keys::all && affected != (keys == Keys::affected)) continue;
        operations[i % kinds_].merge(cells[i]);
    }
    if (block != every_block)
        for (auto& operation : operations) operation.scheduled = operation.completed();
    return operations;
}

} // namespace citusbench
