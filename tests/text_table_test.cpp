// Proves that the table gives each text one number, whatever its length and however many threads ask.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <thread>

#include "read/account_names.hpp"
#include "read/record_source.hpp"
#include "read/text_table.hpp"

namespace ringscan::testing {
namespace {

std::string text(std::uint64_t number) {
  std::mt19937_64 random(number);
  switch (number % 4) {
    case 0:
      return "x" + std::string(20, char(number)) + std::to_string(number / 1000);
    case 1:
      return "t" + std::to_string(number);
    case 2:
      return "t" + std::string(random() % 40, 'y') + std::to_string(number);
    default:
      return "t" + std::string(60 + random() % 3, 'z') + std::to_string(number) + std::string(3, '\0');
  }
}

TEST(TextTable, GivesEachTextOneNumber) {
  TextTable table;
  std::vector<std::uint32_t> numbers(3);
  TextKeys keys;
  for (const char* name : {"ta", "tb", "ta"}) keys.push_back(std::string_view(name));
  table.intern(keys, numbers);
  EXPECT_EQ(numbers, (std::vector<std::uint32_t>{numbers[0], 1 - numbers[0], numbers[0]}));
  EXPECT_EQ(table.size(), 2u);
  EXPECT_EQ(table.find("tb"), numbers[1]);
  EXPECT_EQ(table.find("tc"), std::nullopt);
  EXPECT_EQ(TextTable().find("ta"), std::nullopt);
}

TEST(TextTable, TellsTextsThatBeginAlikeApart) {
  TextTable table;
  TextKeys keys;
  std::vector<std::string> texts;
  for (std::size_t size = 0; size < 100; ++size)
    for (const char* end : {"", "a", "b"}) texts.push_back(std::string(size, '\0') + end);
  for (const std::string& one : texts) keys.push_back(one);
  std::vector<std::uint32_t> numbers(texts.size());
  table.intern(keys, numbers);
  EXPECT_EQ(std::set(numbers.begin(), numbers.end()).size(), std::set(texts.begin(), texts.end()).size());
  const std::vector<std::string_view> packed = table.packed();
  for (std::size_t i = 0; i < texts.size(); ++i) EXPECT_EQ(packed[numbers[i]], texts[i]);
}

TEST(TextTable, AgreesAmongThreads) {
  constexpr std::uint64_t distinct = 60'000, batch = 700;  // so many that threads keep names
  constexpr int batches = 300, thread_count = 4;
  TextTable table;
  std::vector<std::vector<std::pair<std::uint64_t, std::uint32_t>>> seen(thread_count);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < thread_count; ++thread)
      threads.emplace_back([&, thread] {
        std::mt19937_64 random{std::uint64_t(thread)};
        for (int round = 0; round < batches; ++round) {
          TextKeys keys;
          std::vector<std::uint64_t> asked(batch);
          for (std::uint64_t& number : asked) keys.push_back(text(number = random() % distinct));
          std::vector<std::uint32_t> numbers(batch);
          table.intern(keys, numbers);
          for (std::size_t i = 0; i < batch; ++i) seen[std::size_t(thread)].emplace_back(asked[i], numbers[i]);
        }
      });
  }
  const std::vector<std::string_view> packed = table.packed();
  std::set<std::uint32_t> all;
  for (const auto& of_thread : seen)
    for (const auto& [number, given] : of_thread) {
      ASSERT_EQ(packed.at(given), text(number));
      all.insert(given);
    }
  EXPECT_EQ(all.size(), table.size());
}

// Integers and texts, of which some are the digits of others.
TEST(AccountNames, OfIntegersAreTheirDigits) {
  constexpr std::size_t batch = 700;
  constexpr int batches = 200, thread_count = 4;
  AccountNames names;
  std::vector<std::vector<std::pair<std::string, std::uint32_t>>> seen(thread_count);
  {
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < thread_count; ++thread)
      threads.emplace_back([&, thread] {
        std::mt19937_64 random{std::uint64_t(thread)};
        auto& told = seen[std::size_t(thread)];
        for (int round = 0; round < batches; ++round) {
          std::vector<std::uint64_t> asked(batch);
          for (std::uint64_t& number : asked) {
            const std::uint64_t ends[] = {50, 100'000, 10'000'000, no_number};
            number = random() % 20 == 0 ? no_number : random() % ends[random() % 4];
          }
          std::vector<std::uint32_t> numbers(batch, 7);
          if (round % 2 == 0) {
            names.intern(asked, numbers);
            for (std::size_t i = 0; i < batch; ++i)
              if (asked[i] != no_number)
                told.emplace_back("t" + std::to_string(asked[i]), numbers[i]);
              else
                EXPECT_EQ(numbers[i], 7u);
            continue;
          }
          TextKeys keys;
          for (const std::uint64_t number : asked) {
            constexpr std::string_view before[] = {"t", "t",  "t0",
                                                   "x", "t+", "tof a long name that no slot has room for"};
            keys.push_back(std::string(before[random() % std::size(before)]) + std::to_string(number));
          }
          names.intern(keys, numbers);
          for (std::size_t i = 0; i < batch; ++i) told.emplace_back(keys.packed(keys.keys()[i]), numbers[i]);
        }
      });
  }
  const std::span<const std::string_view> packed = names.packed();
  for (const auto& of_thread : seen)
    for (const auto& [name, given] : of_thread) {
      ASSERT_LT(given, packed.size());
      ASSERT_EQ(packed[given], name);
      ASSERT_EQ(names.find(name), given);
    }
  EXPECT_EQ(std::set(packed.begin(), packed.end()).size(), names.size());
  EXPECT_EQ(names.find("t4194303x"), std::nullopt);
}

}  // namespace
}  // namespace ringscan::testing
