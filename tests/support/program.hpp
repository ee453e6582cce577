#pragma once

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/paths.hpp"

namespace citusbench::test {

using Args = std::vector<std::string>;

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream(path);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

/// What a program left behind that has ended.
struct Finished {
    int code = -1; ///< of exit(); 128 + N where signal N ended it; -1 where it was late
    std::string out;
    std::string err;
    double seconds = 0;

    std::string all() const { return out + err; }
    /// Wherever its lines are broken.
    bool says(std::string_view text) const {
        auto words = all();
        for (auto& c : words)
            if (c == '\n') c = ' ';
        return words.find(text) != std::string::npos;
    }
};

/// The built citusbench as a process of its own, its output in two files below `folder`.
class Program {
  public:
    Program(const std::filesystem::path& folder, const Args& args)
        : out_(folder / "stdout.txt"), err_(folder / "stderr.txt"),
          begun_(std::chrono::steady_clock::now()) {
        Args words = {citusbench_binary()};
        words.insert(words.end(), args.begin(), args.end());
        std::vector<char*> argv;
        for (auto& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        const int flags = O_WRONLY | O_CREAT | O_TRUNC;
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&actions, 1, out_.c_str(), flags, 0600);
        posix_spawn_file_actions_addopen(&actions, 2, err_.c_str(), flags, 0600);
        const int error = posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        if (error != 0) throw std::runtime_error("cannot start " + words[0]);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() {
        if (ended_) return;
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }

    void send(int signal) const { kill(pid_, signal); }
    pid_t pid() const { return pid_; }

    /// Waits until its output has `text`; false if it ended before, or after `seconds`.
    bool wait_for(std::string_view text, double seconds = 30) {
        const auto deadline = since_start() + seconds;
        while (since_start() < deadline) {
            const bool ended = has_ended();
            if ((read_file(err_) + read_file(out_)).find(text) != std::string::npos) return true;
            if (ended) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return false;
    }

    /// Waits for its end, at most until `seconds` after its start; a late one is killed.
    Finished finish(double seconds = 60) {
        while (!has_ended() && since_start() < seconds)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        Finished finished;
        if (!ended_) {
            send(SIGKILL);
            waitpid(pid_, nullptr, 0);
            ended_ = true;
        } else {
            finished.code = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
        }
        finished.seconds = since_start();
        finished.out = read_file(out_);
        finished.err = read_file(err_);
        return finished;
    }

  private:
    bool has_ended() {
        if (!ended_ && waitpid(pid_, &status_, WNOHANG) == pid_) ended_ = true;
        return ended_;
    }
    double since_start() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
    }

    std::filesystem::path out_;
    std::filesystem::path err_;
    std::chrono::steady_clock::time_point begun_;
    pid_t pid_ = 0;
    int status_ = 0;
    bool ended_ = false;
};

} // namespace citusbench::test
