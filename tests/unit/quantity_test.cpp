#include "core/quantity.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace citusbench {
namespace {

using namespace std::chrono_literals;

/// What the parser says against `text`; empty if it takes it.
template <typename Parser>
std::string quantity_refusal(Parser parser, std::string_view text) {
    try {
        (void)parser(text);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

TEST(Quantity, DurationsAreTakenInEveryUnitOfTheContract) {
    EXPECT_EQ(parse_duration("500ms"), 500ms);
    EXPECT_EQ(parse_duration("20s"), 20s);
    EXPECT_EQ(parse_duration("2m"), 2min);
    EXPECT_EQ(parse_duration("2min"), 2min);
    EXPECT_EQ(parse_duration("1h"), 1h);
    EXPECT_EQ(parse_duration("250us"), 250us);
    EXPECT_EQ(parse_duration("7ns"), 7ns);
    EXPECT_EQ(parse_duration("0"), 0s);
    EXPECT_EQ(parse_duration("1000h"), 1000h);
}

TEST(Quantity, SharesAreTakenAsPercentFractionOrOff) {
    EXPECT_EQ(parse_share("1%"), 0.01);
    EXPECT_EQ(parse_share("0.5%"), 0.005);
    EXPECT_EQ(parse_share("0.25"), 0.25);
    EXPECT_EQ(parse_share("100%"), 1);
    EXPECT_EQ(parse_share("1"), 1);
    EXPECT_EQ(parse_share("off"), 0);
    for (const auto* text : {"", "x", "1s", "101%", "2", "-1%", "nan", "1%%"})
        EXPECT_NE(quantity_refusal(parse_share, text), "") << text;
}

TEST(Quantity, ABareNumberIsSecondsAndFractionsAreTaken) {
    EXPECT_EQ(parse_duration("30"), 30s);
    EXPECT_EQ(parse_duration("1.5"), 1500ms);
    EXPECT_EQ(parse_duration("0.25s"), 250ms);
}

TEST(Quantity, DurationsWithoutMeaningAreRefusedWithAHint) {
    for (const auto* text : {"", "s", "ms", "abc", "-1s", "5 s", " 5s", "+5s", "20sec", "1e3",
                             "nan", "inf", "0x10", "5s5", "1,5s", "5S"})
        EXPECT_NE(quantity_refusal(parse_duration, text).find("500ms, 20s or 2m"),
                  std::string::npos)
            << "'" << text << "'";
    EXPECT_NE(quantity_refusal(parse_duration, "1001h").find("1000h"), std::string::npos);
}

TEST(Quantity, RatesArePerSecondUnlessTheySayOtherwise) {
    EXPECT_DOUBLE_EQ(parse_rate("5000"), 5000);
    EXPECT_DOUBLE_EQ(parse_rate("5k"), 5000);
    EXPECT_DOUBLE_EQ(parse_rate("1.5M"), 1.5e6);
    EXPECT_DOUBLE_EQ(parse_rate("30/min"), 0.5);
    EXPECT_DOUBLE_EQ(parse_rate("30/m"), 0.5);
    EXPECT_DOUBLE_EQ(parse_rate("7200/h"), 2);
    EXPECT_DOUBLE_EQ(parse_rate("10/s"), 10);
}

TEST(Quantity, RatesWithoutMeaningAreRefused) {
    for (const auto* text : {"", "k", "-5", "5/day", "5/", "5kk", "5 k", "1e3", "nan"})
        EXPECT_NE(quantity_refusal(parse_rate, text).find("30/min"), std::string::npos)
            << "'" << text << "'";
    EXPECT_NE(quantity_refusal(parse_rate, "0"), "");
    EXPECT_NE(quantity_refusal(parse_rate, "101M"), "");
}

TEST(Quantity, CountsAreWhole) {
    EXPECT_EQ(parse_count("0"), 0U);
    EXPECT_EQ(parse_count("10k"), 10'000U);
    EXPECT_EQ(parse_count("5M"), 5'000'000U);
    EXPECT_EQ(parse_count("1.5k"), 1500U);
    EXPECT_EQ(parse_count("1000000000000000"), 1'000'000'000'000'000ULL);
    for (const auto* text : {"", "1.5", "-1", "many", "1e6", "10 k", "2000000G", "0.0001k"})
        EXPECT_NE(quantity_refusal(parse_count, text).find("whole number"), std::string::npos)
            << "'" << text << "'";
}

TEST(Quantity, DurationsForPeopleHaveThreeDigitsAndAUnit) {
    EXPECT_EQ(format_duration(20s), "20 s");
    EXPECT_EQ(format_duration(340ms), "340 ms");
    EXPECT_EQ(format_duration(12us), "12 µs");
    EXPECT_EQ(format_duration(1234ms), "1.23 s");
    EXPECT_EQ(format_duration(12'340us), "12.3 ms");
    EXPECT_EQ(format_duration(123'456ns), "123 µs");
    EXPECT_EQ(format_duration(7ns), "7 ns");
    EXPECT_EQ(format_duration(0ns), "0 ns");
}

TEST(Quantity, CountsForPeopleHaveThousandsSeparators) {
    EXPECT_EQ(format_count(0), "0");
    EXPECT_EQ(format_count(999), "999");
    EXPECT_EQ(format_count(1000), "1,000");
    EXPECT_EQ(format_count(1'234'567), "1,234,567");
    EXPECT_EQ(format_count(100'000), "100,000");
}

TEST(Quantity, AnEchoedDurationReadsBackTheSame) {
    for (const Nanoseconds value : {Nanoseconds(0), Nanoseconds(20s), Nanoseconds(500ms),
                                    Nanoseconds(250us), Nanoseconds(7ns), Nanoseconds(90min)})
        EXPECT_EQ(parse_duration(duration_option(value)), value) << duration_option(value);
    EXPECT_EQ(duration_option(500ms), "500ms");
    EXPECT_EQ(duration_option(20s), "20s");
}

} // namespace
} // namespace citusbench
