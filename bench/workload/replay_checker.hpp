#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "workload/answer_checker.hpp"
#include "workload/workload.hpp"

namespace citusbench {

/// A checker that computes each operation again to know what was asked, because nothing of it was
/// kept.
class ReplayChecker : public AnswerChecker {
  public:
    /// What is wrong begins with the key: "room 17: …", where the operation has one.
    std::optional<std::string> check(const Answer& answer) final;

  protected:
    /// `key_name` is what the workload's keys are, "room" say; it must outlive this.
    explicit ReplayChecker(std::string_view key_name) : key_name_(key_name) {}

    virtual Session& session() = 0;
    /// Throws WrongAnswer where the answer to asked() cannot be so.
    virtual void check_operation(const Answer& answer) = 0;
    /// The operation that was answered, during check_operation().
    const Operation& asked() const { return asked_; }

  private:
    std::string_view key_name_;
    Operation asked_; ///< kept, so that checking allocates little
};

} // namespace citusbench
