// Proves that a program without the Arrow module beside it says so, and still knows what it cannot read.
#include "files.hpp"
#include "io/errors.hpp"
#include "read/arrow_files.hpp"

namespace ringscan::testing {
namespace {

TEST(ArrowAbsent, IsUnavailableAndSaysWhatToDo) {
  TemporaryDirectory folder;
  const std::string file = folder.write("a", "PAR1 and so on");
  EXPECT_TRUE(is_arrow_file(file));
  Pieces pieces("\xff\xff\xff\xff");
  const std::string messages[] = {message_of<Unavailable>([&] { open_arrow_file(file); }),
                                  message_of<Unavailable>([&] { open_arrow_stream(pieces); })};
  for (const std::string& message : messages) {
    EXPECT_TRUE(contains(message, "(libringscan_arrow.so is not beside the program)")) << message;
    EXPECT_TRUE(contains(message, "install Arrow's C++ libraries or Python's pyarrow and build again")) << message;
  }
}

}  // namespace
}  // namespace ringscan::testing
