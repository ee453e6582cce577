#include "verify/ledger.hpp"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <stdexcept>

#include <fmt/format.h>

#include "core/error.hpp"

namespace citusbench {
namespace {

constexpr std::array<char, 8> magic = {'c', 'i', 't', 'u', 's', 'b', 'L', '2'};
constexpr std::array<char, 8> magic_without_checksum = {'c', 'i', 't', 'u', 's', 'b', 'L', '1'};
constexpr std::uint64_t max_threads = 1 << 16;

Ledger::Mark mark_of(Outcome outcome) {
    switch (outcome) {
    case Outcome::ok:
        return Ledger::Mark::ok;
    case Outcome::unknown:
        return Ledger::Mark::unknown;
    case Outcome::failed:
    case Outcome::skipped:
        break;
    }
    return Ledger::Mark::failed;
}

/// The file has numbers as in memory; a big-endian machine would have to swap their bytes.
static_assert(std::endian::native == std::endian::little);

/// FNV-1a, a word of eight bytes at a time (http://www.isthe.com/chongo/tech/comp/fnv/).
class Checksum {
  public:
    template <typename T>
    void add(const T& value) {
        constexpr std::size_t word_bytes = 8;
        static_assert(sizeof(T) % word_bytes == 0);
        std::array<std::uint64_t, sizeof(T) / word_bytes> words{};
        std::memcpy(words.data(), &value, sizeof value);
        for (const auto word : words) sum_ = (sum_ ^ word) * 0x100000001b3ULL;
    }
    std::uint64_t sum() const { return sum_; }

  private:
    std::uint64_t sum_ = 0xcbf29ce484222325ULL;
};

template <typename T>
void put(std::ofstream& file, const T& value, Checksum& checksum) {
    file.write(reinterpret_cast<const char*>(&value), sizeof value);
    checksum.add(value);
}

template <typename T>
T take(std::ifstream& file, Checksum& checksum) {
    T value{};
    file.read(reinterpret_cast<char*>(&value), sizeof value);
    checksum.add(value);
    return value;
}

} // namespace

Ledger::Ledger(unsigned threads, std::uint64_t run) : run_(run), pages_(threads) {}

Ledger::Place Ledger::locate(std::uint64_t index) const {
    const auto thread = static_cast<std::size_t>(index % pages_.size());
    const auto ordinal = index / pages_.size();
    return {thread, ordinal / block_size, static_cast<unsigned>(ordinal % block_size)};
}

const Ledger::Block* Ledger::find(std::size_t thread, std::uint64_t block) const {
    const auto& pages = pages_[thread];
    const auto page = block / blocks_a_page;
    if (page >= pages.size() || !pages[page]) return nullptr;
    return &(*pages[page])[block % blocks_a_page];
}

Ledger::Block& Ledger::get_or_create(std::size_t thread, std::uint64_t block) {
    auto& pages = pages_[thread];
    const auto page = block / blocks_a_page;
    if (page >= pages.size()) pages.resize(page + 1);
    if (!pages[page]) pages[page] = std::make_unique<Page>();
    return (*pages[page])[block % blocks_a_page];
}

void Ledger::record(std::uint64_t index, Outcome outcome, Ticks sent, Ticks done) {
    const auto place = locate(index);
    auto& block = get_or_create(place.thread, place.block);
    const auto mark = mark_of(outcome);
    auto& word = block.marks[place.slot / 32];
    const auto shift = 2 * (place.slot % 32);
    const auto old = (word >> shift) & 3U;
    word = (word & ~(std::uint64_t{3} << shift)) | (static_cast<std::uint64_t>(mark) << shift);
    if (old != 0) --counts_[old];
    ++counts_[static_cast<std::size_t>(mark)];
    end_ = std::max(end_, index + 1);
    if (outcome == Outcome::skipped) return; // it has no time
    block.first_sent = std::min(block.first_sent, sent);
    block.last_done = std::max(block.last_done, done);
}

void Ledger::merge(const Ledger& other) {
    if (other.pages_.size() != pages_.size())
        throw std::invalid_argument("a ledger of another number of threads");
    for (std::size_t thread = 0; thread < pages_.size(); ++thread)
        for (std::uint64_t i = 0; i < other.blocks_of(thread); ++i) {
            const auto* theirs = other.find(thread, i);
            if (theirs == nullptr) continue;
            auto& block = get_or_create(thread, i);
            for (std::size_t word = 0; word < block.marks.size(); ++word) {
                // Two bits that both have set would give a mark that neither wrote.
                if ((block.marks[word] & theirs->marks[word]) != 0)
                    throw std::invalid_argument("an operation that another part has, too");
                block.marks[word] |= theirs->marks[word];
            }
            block.first_sent = std::min(block.first_sent, theirs->first_sent);
            block.last_done = std::max(block.last_done, theirs->last_done);
        }
    end_ = std::max(end_, other.end_);
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

Ledger::Mark Ledger::mark(std::uint64_t index) const {
    const auto place = locate(index);
    const auto* block = find(place.thread, place.block);
    if (!block) return Mark::none;
    return static_cast<Mark>((block->marks[place.slot / 32] >> (2 * (place.slot % 32))) & 3U);
}

bool Ledger::precedes(std::uint64_t a, std::uint64_t b) const {
    const auto first = locate(a);
    const auto second = locate(b);
    const auto* before = find(first.thread, first.block);
    const auto* after = find(second.thread, second.block);
    return before != nullptr && after != nullptr && before->last_done < after->first_sent;
}

std::uint64_t Ledger::blocks_of(std::size_t thread) const {
    if (end_ <= thread) return 0;
    const auto operations = (end_ - thread + pages_.size() - 1) / pages_.size();
    return (operations + block_size - 1) / block_size;
}

void Ledger::save(const std::filesystem::path& path) const {
    std::ofstream file(path, std::ios::binary);
    std::uint64_t blocks = 0;
    for (std::size_t thread = 0; thread < pages_.size(); ++thread) blocks += blocks_of(thread);
    file.write(magic.data(), magic.size());
    Checksum checksum;
    for (const auto number : {run_, std::uint64_t{pages_.size()}, end_, blocks})
        put(file, number, checksum);
    const Block empty;
    for (std::size_t thread = 0; thread < pages_.size(); ++thread) {
        for (std::uint64_t i = 0; i < blocks_of(thread); ++i) {
            const auto* block = find(thread, i);
            put(file, block ? *block : empty, checksum);
        }
    }
    put(file, checksum.sum(), checksum);
    file.close();
    if (!file)
        throw RunError(fmt::format("cannot write {}: {}", path.string(), std::strerror(errno)));
}

void Ledger::count_marks(const Block& block) {
    for (const auto word : block.marks)
        for (unsigned shift = 0; shift < 64; shift += 2)
            if (const auto mark = (word >> shift) & 3U; mark != 0) ++counts_[mark];
}

Ledger Ledger::load(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw RunError(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    const auto bad = [&](const char* why) {
        return RunError(fmt::format("{} is not a ledger of citusbench: {}", path.string(), why));
    };
    std::array<char, 8> first{};
    file.read(first.data(), first.size());
    const bool has_checksum = first == magic;
    if (!has_checksum && first != magic_without_checksum) throw bad("its first bytes are others");
    Checksum checksum;
    const auto number = [&] { return take<std::uint64_t>(file, checksum); };
    const auto run = has_checksum ? number() : 0;
    const auto threads = number();
    const auto end = number();
    const auto blocks = number();
    if (!file || threads == 0 || threads > max_threads) throw bad("its head is damaged");
    Ledger ledger(static_cast<unsigned>(threads), run);
    ledger.end_ = end;
    std::uint64_t expected = 0;
    for (std::size_t thread = 0; thread < threads; ++thread) expected += ledger.blocks_of(thread);
    const auto rest = std::filesystem::file_size(path) - static_cast<std::uintmax_t>(file.tellg());
    if (blocks != expected ||
        rest != blocks * sizeof(Block) + (has_checksum ? sizeof(std::uint64_t) : 0))
        throw bad("it is cut short");
    for (std::size_t thread = 0; thread < threads; ++thread) {
        for (std::uint64_t i = 0; i < ledger.blocks_of(thread); ++i) {
            auto& block = ledger.get_or_create(thread, i);
            block = take<Block>(file, checksum);
            ledger.count_marks(block);
        }
    }
    const auto sum = checksum.sum();
    if (has_checksum && number() != sum) throw bad("its checksum does not fit: it was changed");
    return ledger;
}

std::size_t Ledger::memory_bytes() const {
    std::size_t bytes = sizeof *this;
    for (const auto& pages : pages_)
        for (const auto& page : pages) bytes += sizeof page + (page ? sizeof(Page) : 0);
    return bytes;
}

} // namespace citusbench
