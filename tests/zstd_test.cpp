// Proves that zstd streams are read whole, however they arrive and whatever frames they are made of, and that what is
// damaged, cut off or asks for too much is told apart from it at every byte.
#include <sys/resource.h>

#include "files.hpp"
#include "io/errors.hpp"
#include "io/input.hpp"
#include "io/zstd.hpp"

namespace ringscan::testing {
namespace {

using namespace std::string_literals;

std::string decompress(const std::string& bytes, std::size_t piece = 1 << 20, std::size_t room_bytes = 4096) {
  Pieces pieces(bytes, piece);
  UnzstdSource source(pieces);
  std::string text, room(room_bytes, '\0');
  while (const std::size_t size = source.read(room)) text.append(room, 0, size);
  return text;
}

std::string varied_text(std::size_t size) {
  std::string text;
  for (std::uint64_t i = 1; text.size() < size; ++i) text += std::to_string(i * i * 2'654'435'761u) + ",\n";
  return text;
}

std::string skippable(char kind, const std::string& content) {
  return {char(0x50 + kind) + "\x2a\x4d\x18"s + char(content.size()) + "\0\0\0"s + content};
}

std::string failure_of(const std::string& bytes) {
  return message_of<BadInput>([&] { decompress(bytes); });
}

TEST(Unzstd, ReadsAnyNumberOfFramesInAnyPieces) {
  const std::string text = varied_text(40'000);
  const std::string bytes = skippable(0, "size") + zstd_of(text) + zstd_of("") + zstd_of("x") + skippable(15, "") +
                            zstd_of(text, 19) + skippable(7, "seek table");
  for (const std::size_t piece : {1, 2, 3, 5, 7, 8, 9, 64, 4096, 1 << 20})
    for (const std::size_t room : {1, 3, 100, 1 << 16})
      EXPECT_EQ(decompress(bytes, piece, room), text + "x" + text) << piece << " " << room;
  EXPECT_EQ(decompress(zstd_of("")), "");
  EXPECT_EQ(decompress(skippable(1, "nothing")), "");
}

TEST(Unzstd, IsKnownByItsContent) {
  TemporaryDirectory folder;
  const std::string text = varied_text(3'000'000), bytes = zstd_of(text);
  for (const std::string& begin : {""s, skippable(3, "x")}) {
    Input input(folder.write("plain-name.csv", begin + bytes));
    EXPECT_EQ(input.compression(), "zstd");
    std::string found, room(1 << 20, '\0');
    while (const std::size_t size = input.read(room)) found.append(room, 0, size);
    EXPECT_EQ(found, text);
    EXPECT_EQ(input.bytes_consumed(), begin.size() + bytes.size());
  }
  EXPECT_EQ(Input(folder.write("text.csv.zst", text)).compression(), "");
  for (const std::string& other : {""s, "\x28\xb5\x2f"s, "P*M\x19"s, "`*M\x18"s, "P*M"s})
    EXPECT_FALSE(begins_as_zstd(other)) << other;
}

TEST(Unzstd, RefusesEveryPrefix) {
  const std::string first = zstd_of("short"), bytes = first + zstd_of(varied_text(2000));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    const std::string message = failure_of(bytes.substr(0, size));
    EXPECT_EQ(message, size == first.size() ? "" : "text is cut off: zstd stream ends early") << size;
  }
}

TEST(Unzstd, RefusesDamageAndForeignBytes) {
  const std::string text = varied_text(2000), bytes = zstd_of(text);
  const std::size_t checksum = bytes.size() - 4;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = char(damaged[i] ^ 0x20);
    const std::string message = failure_of(damaged);
    // A few bits have no meaning, and then nothing is changed; the checksum holds everything else.
    if (message.empty()) {
      EXPECT_EQ(decompress(damaged), text) << i << " of " << bytes.size();
    } else if (i >= checksum) {
      EXPECT_EQ(message, "text is damaged: the checksum of its zstd stream does not match");
    }
    refused += !message.empty();
  }
  EXPECT_GT(refused, bytes.size() * 95 / 100);
  for (const std::string& more : {"more"s, "\0\0\0\0"s, "\x1f\x8b\x08\0"s})
    EXPECT_EQ(failure_of(bytes + more), "text is damaged: bytes that are not zstd follow its zstd stream");
}

// libzstd notices it, or not, by how much of the frame it is given at once.
TEST(Unzstd, ComparesTheSizeThatAFrameAnnounces) {
  const std::string single_segment_of_4 = "\x28\xb5\x2f\xfd\x20\x04"s, empty_last_block = "\x01\0\0"s;
  const std::string short_frame = single_segment_of_4 + "\x18\0\0abc"s + empty_last_block;
  const std::string right_frame = single_segment_of_4 + "\x20\0\0abcd"s + empty_last_block;
  for (const std::size_t piece : {1, 5, 100})
    for (const std::size_t room : {1, 4, 100}) {
      EXPECT_EQ(decompress(right_frame + right_frame, piece, room), "abcdabcd") << piece << " " << room;
      EXPECT_NE(message_of<BadInput>([&] { decompress(right_frame + short_frame, piece, room); }), "") << piece;
    }
  EXPECT_EQ(message_of<BadInput>([&] { decompress(short_frame, 1, 1); }),
            "text is damaged: a zstd frame holds 3 bytes and announces 4");
}

// A frame's header can ask for a window, and for a dictionary.
TEST(Unzstd, RefusesWindowsAbove2GiBAndDictionaries) {
  const auto frame = [](int exponent, int mantissa) {
    const char raw_block_of_4[] = "\x21\0\0text";
    return "\x28\xb5\x2f\xfd\0"s + char((exponent - 10) << 3 | mantissa) + std::string(raw_block_of_4, 7);
  };
  EXPECT_EQ(decompress(frame(31, 0)), "text") << "2 GiB";
  EXPECT_TRUE(contains(failure_of(frame(31, 1)), "with a window above 2 GiB"));
  EXPECT_TRUE(contains(failure_of(frame(41, 7)), "with a window above 2 GiB"));
  EXPECT_TRUE(contains(failure_of("\x28\xb5\x2f\xfd\x01\0\x07\x21\0\0text"s), "with a dictionary"));
}

TEST(Unzstd, TouchesNoMoreOfAWindowThanIsUsed) {
  rusage before{}, after{};
  const std::string text(1'000'000, 'x'), bytes = zstd_of(text, 3, 27);
  ::getrusage(RUSAGE_SELF, &before);
  EXPECT_EQ(decompress(bytes, 1 << 20, 1000), text);
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 * 1024) << "KiB, of a window of 128 MiB";
}

}  // namespace
}  // namespace ringscan::testing
