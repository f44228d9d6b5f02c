// Proves that a program without the Arrow module beside it says so, and still knows what it cannot read or write.
#include "files.hpp"
#include "io/errors.hpp"
#include "read/arrow_files.hpp"
#include "write/table.hpp"

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
    EXPECT_TRUE(
        contains(message, "cannot read Parquet and Arrow files (libringscan_arrow.so is not beside the program)"))
        << message;
    EXPECT_TRUE(contains(message, "install Arrow's C++ libraries or Python's pyarrow and build again")) << message;
  }
  struct : Sink {
    void write(std::string_view) override { FAIL(); }
  } sink;
  EXPECT_EQ(message_of<Unavailable>([&] { open_parquet_table(sink, {}); }), message_of<Unavailable>(require_parquet));
  const std::string message = message_of<Unavailable>(require_parquet);
  EXPECT_TRUE(contains(message, "cannot write Parquet (libringscan_arrow.so is not beside the program)")) << message;
  EXPECT_TRUE(contains(message, "or ask for --format csv")) << message;
}

}  // namespace
}  // namespace ringscan::testing
