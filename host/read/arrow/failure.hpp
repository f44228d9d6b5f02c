// Arrow's failures -> the errors of this program, with the file's name before them.
#pragma once
#include <arrow/result.h>
#include <arrow/status.h>

#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "io/errors.hpp"

namespace ringscan {

// BadInput, or Unavailable where memory was wanted. The reason is cut to one line.
[[noreturn]] void fail(const std::string& file, std::string_view reason);
[[noreturn]] void fail(const std::string& file, const arrow::Status& status);

inline void check(const std::string& file, const arrow::Status& status) {
  if (!status.ok()) fail(file, status);
}

template <class Value>
Value value_or_fail(const std::string& file, arrow::Result<Value> result) {
  if (!result.ok()) fail(file, result.status());
  return std::move(result).ValueUnsafe();
}

// `call()`, where Parquet and others throw what is none of ours.
template <class Call>
auto guarded(const std::string& file, Call&& call) {
  try {
    return call();
  } catch (const BadInput&) {
    throw;
  } catch (const MissingInput&) {
    throw;
  } catch (const Unavailable&) {
    throw;
  } catch (const Interrupted&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    fail(file, error.what());
  }
}

}  // namespace ringscan
