// Rows of the plainest kind (SimpleForm), in one pass from their bytes to a batch.
#pragma once
#include <string_view>

#include "read/record_source.hpp"
#include "read/row_batch.hpp"
#include "read/simple_form.hpp"

namespace ringscan {

class SimpleRows {
 public:
  explicit SimpleRows(const SimpleForm& form) : form_(form) {}

  SimpleResult add(const Record& record, std::string_view lasting, RowBatch& batch) const;

 private:
  SimpleForm form_;
};

}  // namespace ringscan
