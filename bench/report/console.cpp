#include "report/console.hpp"

#include <cstdlib>
#include <stdexcept>
#include <string>

#include <sys/ioctl.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/time.hpp"
#include "report/console_text.hpp"

namespace citusbench {
namespace {

bool is_terminal(std::FILE* file) {
    const char* kind = std::getenv("TERM");
    const bool is_dumb = kind != nullptr && std::string_view(kind) == "dumb";
    return isatty(fileno(file)) == 1 && !is_dumb;
}

/// https://no-color.org: any value but the empty one.
bool colors_refused() {
    const char* value = std::getenv("NO_COLOR");
    return value != nullptr && *value != '\0';
}

std::size_t terminal_width(std::FILE* file) {
    winsize size{};
    if (ioctl(fileno(file), TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

/// Events that are shown while they happen. Lost connections come by the hundred, and a probe has
/// its own line already.
bool is_notable(const Event& event) {
    return !event.kind.starts_with("connect") && event.kind != "phase" && event.kind != "probe";
}

class Console : public Reporter {
  public:
    explicit Console(const ConsoleOptions& options)
        : options_(options), quiet_(options.progress == ProgressMode::none),
          live_(options.progress == ProgressMode::automatic && is_terminal(options.err)) {}

    ~Console() override { clear_line(); }
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    /// Lines that stay are more than progress (how to reach a kept cluster), so --progress none
    /// shows them.
    void message(std::string_view text, bool passing) override {
        if (!passing) {
            clear_line();
            show(std::string(text) + '\n');
        } else if (live_) {
            overwrite(text);
        } else if (!quiet_ && is_time_for_a_line()) {
            show(std::string(text) + '\n');
        }
    }

    void progress(const Progress& progress) override {
        if (quiet_) return;
        const auto text = progress_text(progress);
        if (live_)
            overwrite(text);
        else
            show(text + '\n');
    }

    void event(const Event& event) override {
        if (quiet_ || !is_notable(event)) return;
        clear_line();
        show(event_text(event) + '\n');
    }

    void finish(const RunRecord& record, const std::filesystem::path& folder) override {
        clear_line();
        const bool with_colors = is_terminal(options_.out) && !colors_refused();
        const auto text = summary_text(record, folder, with_colors);
        const auto written = std::fwrite(text.data(), 1, text.size(), options_.out);
        if (written != text.size() || std::fflush(options_.out) != 0)
            throw RunError("the summary could not be written to standard output");
    }

  private:
    /// A closed standard error is no reason to end a run.
    void show(const std::string& text) const {
        (void)std::fputs(text.c_str(), options_.err);
        (void)std::fflush(options_.err);
    }

    void overwrite(std::string_view text) {
        // One column less than the terminal has: a full line would wrap and could not be
        // overwritten.
        show('\r' + cut_to_width(text, terminal_width(options_.err) - 1) + "\033[K");
        line_is_open_ = true;
    }

    /// In a log, where passing lines stay, one a second is enough.
    bool is_time_for_a_line() {
        const auto now = now_ticks();
        if (now < next_line_) return false;
        next_line_ = now + 1'000'000'000;
        return true;
    }

    void clear_line() {
        if (!line_is_open_) return;
        show("\r\033[K");
        line_is_open_ = false;
    }

    ConsoleOptions options_;
    bool quiet_;
    bool live_;
    bool line_is_open_ = false;
    Ticks next_line_ = 0;
};

} // namespace

ProgressMode parse_progress_mode(std::string_view text) {
    if (text == "auto") return ProgressMode::automatic;
    if (text == "plain") return ProgressMode::plain;
    if (text == "none") return ProgressMode::none;
    throw std::invalid_argument("use auto, plain or none");
}

std::unique_ptr<Reporter> make_console(const ConsoleOptions& options) {
    return std::make_unique<Console>(options);
}

} // namespace citusbench
