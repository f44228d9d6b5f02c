// The files that a script with pyarrow (ARROW_WRITE) writes into a folder, for tests that read them.
#pragma once
#include <fmt/format.h>
#include <sys/wait.h>

#include <cstdlib>

#include "files.hpp"

namespace ringscan::testing {

// Written once for all tests of a program; without pyarrow they are skipped.
class ArrowFiles : public ::testing::Test {
 protected:
  static const TemporaryDirectory& folder() {
    static const TemporaryDirectory folder;
    return folder;
  }
  static void SetUpTestSuite() {
    const char* const python = std::getenv("RINGSCAN_ARROW_PYTHON");
    const std::string command = fmt::format("'{}' '{}' '{}'", python ? python : "false", ARROW_WRITE, folder().path());
    const int status = std::system(command.c_str());
    written_ = status == 0;
    EXPECT_TRUE(written_ || python == nullptr || WEXITSTATUS(status) == 77) << command;
  }
  void SetUp() override {
    if (!written_) GTEST_SKIP() << "there is no Python with pyarrow to write files";
  }

 private:
  static inline bool written_ = false;
};

}  // namespace ringscan::testing
