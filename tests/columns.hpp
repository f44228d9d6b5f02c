// Records of a block, one after another, or as the columns that it gives, each of which is compared with its record.
#pragma once
#include <gtest/gtest.h>

#include "read/record_source.hpp"

namespace ringscan::testing {

// Calls `use(record)` for all of them. `width`: fields that a record should have.
template <class Use>
void each_record(RecordBlock& block, bool by_columns, std::size_t width, Use use) {
  Record record;
  if (!by_columns) {
    while (block.next(record)) use(record);
    return;
  }
  std::size_t count = 0;
  for (auto columns = block.next_columns(count); count > 0; columns = block.next_columns(count)) {
    std::vector<std::vector<std::string>> texts(count);
    for (const FieldColumn& column : columns) {
      ASSERT_TRUE(column.numbers.empty() && column.times.empty());
      ASSERT_EQ(column.texts.size(), count);
      for (std::size_t i = 0; i < count; ++i) texts[i].emplace_back(column.texts[i]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      block.record(i, record);
      const bool is_whole = record.problem.empty() && record.field_count == width;
      ASSERT_EQ(record.fields.size(), texts[i].size());
      for (std::size_t slot = 0; slot < texts[i].size(); ++slot)
        EXPECT_EQ(texts[i][slot], is_whole ? record.fields[slot] : "");
      use(record);
    }
  }
}

}  // namespace ringscan::testing
