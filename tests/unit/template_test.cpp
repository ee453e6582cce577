#include "service/template.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "core/embedded_files.hpp"
#include "unit/source_files.hpp"

namespace citusbench {
namespace {

TEST(Template, NamesAreReplacedAndOtherSignsStay) {
    const TemplateInput input{{{"HOST", "a"}, {"PORT", "1"}}, {}};
    EXPECT_EQ(fill_template("at @HOST@:@PORT@, me@home, unix@@HOST@\nno end", input),
              "at a:1, me@home, unix@a\nno end");
    EXPECT_THROW(fill_template("@NAME@", input), std::logic_error);
}

TEST(Template, ALineOfAListIsRepeatedForEachMember) {
    TemplateInput input;
    input.values = {{"PORT", "1"}};
    input.lists["SERVER"] = {{{"NAME", "a"}}, {{"NAME", "b"}, {"PORT", "2"}}};
    input.lists["NOBODY"] = {};
    EXPECT_EQ(fill_template("x\n@each SERVER@   @NAME@:@PORT@\n@each NOBODY@ @NAME@\ny\n", input),
              "x\n  a:1\n  b:2\ny\n");
    EXPECT_THROW(fill_template("@each OTHERS@ x\n", input), std::logic_error);
}

/// A value that looks like a name is not looked at again: passwords hold what they hold.
TEST(Template, ValuesAreTakenAsTheyAre) {
    EXPECT_EQ(fill_template("@A@", {{{"A", "@B@"}}, {}}), "@B@");
}

TEST(Template, TheBinaryHasThoseOfTheSourceTree) {
    int files = 0;
    for (const auto& path : source_files({"scripts/cluster"}, {".in"})) {
        EXPECT_EQ(template_text(path.substr(path.rfind('/') + 1)), read_source(path));
        ++files;
    }
    EXPECT_GE(files, 6);
}

} // namespace
} // namespace citusbench
