#include "workloads/chat/text_pool.hpp"

#include <array>

#include "workloads/chat/data.hpp"

namespace citusbench::chat {
namespace {

constexpr std::size_t windows = 1 << 16;
constexpr std::size_t word_bytes = 8;

// Words of one length, so that every window can begin at the beginning of a word.
constexpr std::array<std::string_view, 32> words = {
    "already ", "another ", "because ", "between ", "brother ", "certain ", "chapter ", "evening ",
    "example ", "finally ", "forward ", "general ", "history ", "holiday ", "however ", "kitchen ",
    "looking ", "meeting ", "message ", "morning ", "network ", "nothing ", "perhaps ", "picture ",
    "problem ", "project ", "quickly ", "station ", "teacher ", "thought ", "tonight ", "weather "};

} // namespace

TextPool::TextPool(std::uint64_t seed, std::size_t message_bytes) : message_bytes_(message_bytes) {
    const auto size = windows * word_bytes + message_bytes;
    words_.reserve(size + word_bytes);
    for (Random random(seed, stream_of_texts, 0); words_.size() < size;)
        words_ += words[random.below(words.size())];
}

std::string_view TextPool::pick(Random& random) const {
    return at(random.below(windows));
}

std::size_t TextPool::count() {
    return windows;
}

std::string_view TextPool::at(std::size_t i) const {
    return std::string_view(words_).substr(i * word_bytes, message_bytes_);
}

} // namespace citusbench::chat
