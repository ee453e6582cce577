#pragma once

#include <optional>

#include "core/enum_names.hpp"

namespace citusbench {

/// Within which a search goes, in operations per second.
struct SearchLimits {
    double start = 100;  ///< of the first probe
    double min_rate = 1; ///< a rate that is missed here is held nowhere
    double max_rate = 1e6;
    double tolerance = 0.05; ///< the least rate that missed is at most so far above the one found
    int probes = 20;         ///< at most; the last one is kept for a confirmation
};

/// The search for the largest rate that holds, as a value: it says which rate to try next and gets
/// the result. The rate goes up from the start in growing steps until a probe misses (or down until
/// one holds). Then the search halves the bracket until it is narrow, and a second probe confirms
/// the rate that held. If that probe misses, the rate goes down by the tolerance until one holds.
class CapacitySearch {
  public:
    enum class Step { probe, confirm, done };
    enum class End {
        open,        ///< not done
        confirmed,   ///< rate() held twice, or held after a larger one had
        unconfirmed, ///< something held, and the probes ran out before it did so again
        none,        ///< nothing held
    };

    explicit CapacitySearch(const SearchLimits& limits);

    Step step() const { return step_; }
    End end() const { return end_; }
    /// What to try now; when the search is done, what it found (0 if nothing held).
    double rate() const { return rate_; }
    /// The result of a probe at rate().
    void record_result(bool held);

    int probes() const { return probes_; }
    /// The least rate that was missed, after the last step down.
    std::optional<double> missed() const { return missed_; }
    /// The largest rate that held before it was to be confirmed.
    std::optional<double> held() const { return held_; }
    /// How often a probe that was to confirm missed.
    int steps_down() const { return steps_down_; }
    /// The largest rate of the limits held.
    bool at_max_rate() const { return end_ == End::confirmed && rate_ >= limits_.max_rate; }
    /// The bracket is as narrow as it should be, and the cap was not what ended the search.
    bool is_narrow() const;

  private:
    void on_probe(bool held);
    void on_confirmation(bool held);
    void confirm(double rate);
    void finish(End end);
    bool bracket_is_narrow() const;

    SearchLimits limits_;
    Step step_ = Step::probe;
    End end_ = End::open;
    double rate_;
    double factor_;
    std::optional<double> held_;
    std::optional<double> missed_;
    int probes_ = 0;
    int steps_down_ = 0;
};

/// As run.json has them: an open search was interrupted.
constexpr auto enum_names(CapacitySearch::End /*of*/) {
    return std::to_array<EnumName<CapacitySearch::End>>(
        {{CapacitySearch::End::open, "interrupted"},
         {CapacitySearch::End::confirmed, "confirmed"},
         {CapacitySearch::End::unconfirmed, "unconfirmed"},
         {CapacitySearch::End::none, "none"}});
}
static_assert(names_each_value<CapacitySearch::End>(4));

/// Three significant digits: a rate that people can say.
double round_rate(double rate);

} // namespace citusbench
