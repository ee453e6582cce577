#include "cluster/state/initdb_template.hpp"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "os/process.hpp"
#include "os/server_user.hpp"
#include "pg/conninfo.hpp"
#include "support/local_cluster.hpp"
#include "support/state_folder.hpp"

namespace citusbench {
namespace {

namespace fs = std::filesystem;

/// With a template folder of its own.
class InitdbTemplateTest : public testing::Test {
  protected:
    void SetUp() override {
        setenv("CITUSBENCH_TEMPLATES", (state_.path() / "templates").c_str(), 1);
        servers_ = state_.path() / "servers";
        fs::create_directory(servers_);
        chown_to_server_user(servers_);
    }

    InitdbTemplate its_template() const { return InitdbTemplate(postgres_); }

    /// A new data directory; its name.
    fs::path make(const std::string& name) const {
        auto data_dir = servers_ / name;
        its_template().make_data_directory(data_dir, servers_ / (name + ".log"), test::no_stop);
        return data_dir;
    }

    /// It is said in the log when initdb ran for this directory, and not cp.
    bool was_made_by_initdb(const std::string& name) const {
        return read_file(servers_ / (name + ".log")).find("Success") != std::string::npos;
    }

    /// When the template was made.
    static timespec moment_of(const InitdbTemplate& made) {
        struct stat info {};
        stat((made.folder() / "description").c_str(), &info);
        return info.st_mtim;
    }

    /// Damages the template and expects that it is made again before the next use.
    void expect_made_again(const std::function<void(const fs::path& folder)>& damage) {
        make("before");
        const auto made = its_template();
        ASSERT_TRUE(made.is_usable());
        const auto first = moment_of(made);
        damage(made.folder());
        EXPECT_FALSE(made.is_usable());
        const auto data_dir = make("after");
        EXPECT_TRUE(made.is_usable());
        const auto second = moment_of(made);
        EXPECT_NE(std::pair(first.tv_sec, first.tv_nsec), std::pair(second.tv_sec, second.tv_nsec));
        EXPECT_EQ(read_file(data_dir / "PG_VERSION"), fmt::format("{}\n", postgres_.major));
        EXPECT_TRUE(fs::exists(data_dir / "global/pg_control"));
    }

    test::StateFolder state_;
    LocalPostgres postgres_ = find_local_postgres();
    fs::path servers_;
};

TEST_F(InitdbTemplateTest, IsMadeOnceAndCopiedForTheServerUserAlone) {
    const auto first = make("first");
    const auto moment = moment_of(its_template());
    const auto second = make("second");
    EXPECT_EQ(moment.tv_nsec, moment_of(its_template()).tv_nsec);
    for (const auto& data_dir : {first, second}) {
        struct stat info {};
        ASSERT_EQ(stat(data_dir.c_str(), &info), 0);
        EXPECT_EQ(info.st_uid, server_user().uid);
        EXPECT_EQ(info.st_mode & 0777, 0700U);
        EXPECT_TRUE(fs::exists(data_dir / "global/pg_control"));
    }
    EXPECT_FALSE(was_made_by_initdb("second"));
}

TEST_F(InitdbTemplateTest, OneThatWasCutShortIsNeverUsed) {
    expect_made_again(
        [](const fs::path& folder) { fs::resize_file(folder / "data/base/1/1259", 8); });
}

TEST_F(InitdbTemplateTest, OneWithAMissingFileIsNeverUsed) {
    expect_made_again(
        [](const fs::path& folder) { fs::remove(folder / "data/global/pg_control"); });
}

TEST_F(InitdbTemplateTest, OneOfAnotherMajorVersionIsNeverUsed) {
    expect_made_again([this](const fs::path& folder) {
        std::ofstream(folder / "data/PG_VERSION") << "9\n";
        // As if it had been made so.
        auto text = read_file(folder / "description");
        const auto bytes = text.rfind("\nbytes ") + 7;
        const auto one_digit_less =
            std::stoull(text.substr(bytes)) + 1 - std::to_string(postgres_.major).size();
        text.replace(bytes, std::string::npos, fmt::format("{}\nmajor 9\n", one_digit_less));
        std::ofstream(folder / "description") << text;
    });
}

TEST_F(InitdbTemplateTest, OneOfAnotherMinorVersionOrBuildIsAnotherFolder) {
    make("before");
    auto other = postgres_;
    other.version += ".1";
    EXPECT_NE(InitdbTemplate(other).folder(), its_template().folder());
    EXPECT_FALSE(InitdbTemplate(other).is_usable());
    // Put in the place of another one's it is not taken for it.
    fs::rename(its_template().folder(), InitdbTemplate(other).folder());
    EXPECT_FALSE(InitdbTemplate(other).is_usable());
}

TEST_F(InitdbTemplateTest, AMakerThatDiedLeavesNothingThatIsUsed) {
    const auto folder = its_template().folder();
    fs::create_directories(folder.string() + ".new/data/base");
    std::ofstream(folder.string() + ".new/data/PG_VERSION") << postgres_.major << '\n';
    EXPECT_FALSE(its_template().is_usable());
    const auto data_dir = make("after");
    EXPECT_TRUE(fs::exists(data_dir / "global/pg_control"));
    EXPECT_FALSE(fs::exists(folder.string() + ".new"));
}

TEST_F(InitdbTemplateTest, SeveralAtOnceMakeOne) {
    std::vector<std::thread> makers;
    for (const auto* name : {"a", "b", "c"}) makers.emplace_back([this, name] { make(name); });
    for (auto& maker : makers) maker.join();
    for (const auto* name : {"a", "b", "c"}) {
        EXPECT_TRUE(fs::exists(servers_ / name / "global/pg_control")) << name;
        EXPECT_FALSE(was_made_by_initdb(name)) << name;
    }
}

TEST_F(InitdbTemplateTest, ACopyThatFailsIsDoneByInitdb) {
    make("before");
    const auto made = its_template();
    // Nothing says so but the copy itself: a file that the server user may not read.
    const auto file = made.folder() / "data/base/1/1259";
    fs::permissions(file, fs::perms::none);
    ASSERT_EQ(lchown(file.c_str(), geteuid(), getegid()), 0);
    ASSERT_TRUE(made.is_usable());
    const auto data_dir = make("after");
    EXPECT_TRUE(was_made_by_initdb("after"));
    EXPECT_TRUE(fs::exists(data_dir / "base/1/1259"));
}

TEST_F(InitdbTemplateTest, StaysWhenItsClustersGoAndHoldsNoPasswordOfTheirs) {
    std::string first_password;
    {
        const auto cluster = test::start_cluster(test::postgres_spec());
        first_password = cluster->layout().password();
        EXPECT_EQ(test::ask(cluster->conninfo(cluster->nodes().front()), "select 1"), "1");
    }
    EXPECT_TRUE(its_template().is_usable());
    const auto cluster = test::start_cluster(test::postgres_spec());
    EXPECT_NE(cluster->layout().password(), first_password);
    auto wrong = pg::Conninfo::parse(cluster->conninfo(cluster->nodes().front()));
    wrong.set("passfile", "/dev/null");
    wrong.set("password", first_password);
    EXPECT_THROW(pg::Client(wrong.to_string(), test::no_stop), RunError);
    wrong.set("password", cluster->layout().password());
    EXPECT_EQ(test::ask(wrong.to_string(), "select 1"), "1");
}

} // namespace
} // namespace citusbench
