#pragma once

#include <string>
#include <vector>

#include "verify/nodes.hpp"

namespace citusbench {

/// The result of recovering the prepared transactions on the nodes of Citus.
struct InDoubt {
    struct Transaction {
        std::string node;
        std::string gid;
    };
    std::uint64_t before = 0;              ///< in prepared state at the beginning
    std::vector<Transaction> left;         ///< that still are
    std::vector<std::string> out_of_reach; ///< nodes, each with the reason
};

/// Calls recover_prepared_transactions() on every node, until it can finish no more (it skips
/// transactions whose backend still runs), for at most some seconds. Throws Interrupted.
InDoubt recover_in_doubt(const std::vector<CitusNode>& nodes, const StopFlag& stop);

} // namespace citusbench
