#pragma once

#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace citusbench::test {

/// A state folder of the test's own, below /var/tmp so that the user that servers run as can reach
/// it; CITUSBENCH_STATE names it while this object lives.
class StateFolder {
  public:
    StateFolder() {
        std::string name = "/var/tmp/citusbench-test-XXXXXX";
        if (!mkdtemp(name.data())) throw std::runtime_error("cannot make " + name);
        path_ = name;
        std::filesystem::permissions(path_, std::filesystem::perms(0711));
        setenv("CITUSBENCH_STATE", path_.c_str(), 1);
        // Shared by all tests of this user: initdb runs once, not once a test.
        const auto templates = "/var/tmp/citusbench-test-templates-" + std::to_string(geteuid());
        setenv("CITUSBENCH_TEMPLATES", templates.c_str(), 1);
    }
    StateFolder(const StateFolder&) = delete;
    StateFolder& operator=(const StateFolder&) = delete;
    ~StateFolder() {
        std::error_code error;
        std::filesystem::remove_all(path_, error);
        unsetenv("CITUSBENCH_STATE");
    }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

} // namespace citusbench::test
