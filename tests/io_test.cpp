// Proves that io/ reads all that was named and nothing else, tells whole gzip streams from damaged ones at every byte,
// and that an output is there whole or not at all.
#include <fcntl.h>
#include <isa-l/crc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <algorithm>

#include "files.hpp"
#include "io/errors.hpp"
#include "io/gzip.hpp"
#include "io/input.hpp"
#include "io/output.hpp"
#include "io/pages.hpp"

namespace ringscan::testing {
namespace {

namespace fs = std::filesystem;

std::string read_all(ByteSource& source, std::size_t room_bytes = 4096) {
  std::string text, room(room_bytes, '\0');
  while (const std::size_t size = source.read(room)) text.append(room, 0, size);
  return text;
}

std::string read_all(const std::string& path) {
  Input input(path);
  return read_all(input);
}

std::string inflate(const std::string& bytes, std::size_t piece, std::size_t room_bytes) {
  Pieces pieces(bytes, piece);
  GunzipSource source(pieces);
  return read_all(source, room_bytes);
}

std::string varied_text(std::size_t size) {
  std::string text;
  for (std::uint64_t i = 1; text.size() < size; ++i) text += std::to_string(i * i * 2'654'435'761u) + ",\n";
  return text;
}

// stdin for as long as it lives.
class StdinFrom {
 public:
  explicit StdinFrom(int file) : saved_(::dup(STDIN_FILENO)) { ::dup2(file, STDIN_FILENO); }
  ~StdinFrom() {
    ::dup2(saved_, STDIN_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

TEST(ExpandInputs, ListsDirectoriesInOrderWithoutDotFiles) {
  TemporaryDirectory folder;
  const std::vector<std::string> expected = {folder.write("date=1/b.csv", "1"), folder.write("date=2/a.csv", "2"),
                                             folder.write("z.csv", "3")};
  folder.write(".hidden", "x");
  folder.write(".git/config", "x");
  fs::create_directory(folder / "empty");
  EXPECT_EQ(expand_inputs({folder.path()}), expected);
  EXPECT_EQ(total_size(expected), 3u);
  fs::create_directory_symlink("date=1", folder / "twin");
  EXPECT_EQ(expand_inputs({folder.path()}).size(), 4u) << "a link to another directory is followed";
  EXPECT_EQ(expand_inputs({folder / "z.csv", "-"}), (std::vector<std::string>{folder / "z.csv", "-"}));
  EXPECT_EQ(total_size({folder / "z.csv", "-"}), 0u);
}

TEST(ExpandInputs, TakesGlobsWhereNoFileHasThatName) {
  TemporaryDirectory folder;
  const std::string one = folder.write("d=1/x.csv", ""), two = folder.write("d=2/x.csv", "");
  folder.write("d=2/y.txt", "");
  EXPECT_EQ(expand_inputs({folder / "d=*/*.csv"}), (std::vector<std::string>{one, two}));
  EXPECT_EQ(expand_inputs({folder / "d=[1]"}), std::vector<std::string>{one}) << "a matching directory is listed";
  const std::string literal = folder.write("a*.csv", "");
  folder.write("ab.csv", "");
  EXPECT_EQ(expand_inputs({literal}), std::vector<std::string>{literal});
}

TEST(ExpandInputs, SaysWhatIsMissing) {
  TemporaryDirectory folder;
  const auto message = [](const std::string& input) {
    return message_of<MissingInput>([&] { expand_inputs({input}); });
  };
  EXPECT_TRUE(contains(message(folder / "no.csv"), "no.csv: No such file or directory"));
  EXPECT_TRUE(contains(message(folder / "no*.csv"), "No such file or directory"));
  EXPECT_TRUE(contains(message(folder.write("file", "x") + "/in.csv"), "Not a directory"));
  EXPECT_TRUE(contains(message(folder / "file" + std::string(300, 'x')), "File name too long"));
  fs::create_directory(folder / "empty");
  EXPECT_TRUE(contains(message(folder / "empty"), "has no files in it"));
  fs::create_symlink(folder.path(), folder / "empty/loop");
  EXPECT_TRUE(contains(message(folder / "empty"), "contains it"));
  fs::remove(folder / "empty/loop");
  ASSERT_EQ(::mkfifo((folder / "empty/pipe").c_str(), 0600), 0);
  EXPECT_TRUE(contains(message(folder / "empty"), "neither a file nor a directory"));
  fs::create_symlink("itself", folder / "itself");
  EXPECT_EQ(expand_inputs({folder / "itself"}), (std::vector<std::string>{folder / "itself"}));
  EXPECT_THROW(Input(folder / "itself"), MissingInput) << "opening it says why not";
}

TEST(Input, ReadsFilesAndTellsWhyItCannot) {
  TemporaryDirectory folder;
  for (const std::string text : {"", "a", "\x1f", "hello, world"}) EXPECT_EQ(read_all(folder.write("f", text)), text);
  EXPECT_TRUE(contains(message_of<MissingInput>([&] { Input(folder / "no"); }), "No such file"));
  EXPECT_TRUE(contains(message_of<MissingInput>([&] { Input(folder.path()); }), "Is a directory"));
  fs::create_symlink("nowhere", folder / "link");
  const std::vector<std::string> files = expand_inputs({folder.path()});
  EXPECT_NE(std::find(files.begin(), files.end(), folder / "link"), files.end());
  EXPECT_THROW(Input(folder / "link"), MissingInput);
  EXPECT_TRUE(contains(message_of<BadInput>([&] { Input(folder.write("p", "PAR1....")); }), "Parquet"));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { Input(folder.write("z", "BZh9....")); }), "with bzip2"));
  Input parquet(folder.write("p", "PAR1...."), {}, ArrowBytes::accepted);
  EXPECT_EQ(parquet.first_bytes(), "PAR1....");
  EXPECT_EQ(read_all(parquet), "PAR1....") << "what was looked at is not lost";
}

TEST(Input, KnowsGzipByItsContent) {
  TemporaryDirectory folder;
  const std::string text = varied_text(3'000'000), bytes = gzipped(text);
  Input input(folder.write("plain-name.csv", bytes));
  EXPECT_EQ(input.compression(), "gzip");
  EXPECT_EQ(read_all(input, 1 << 20), text);
  EXPECT_EQ(input.bytes_consumed(), bytes.size());
  EXPECT_EQ(Input(folder.write("text.csv.gz", text)).compression(), "");
}

TEST(Input, ReadsStdinAndLetsASignalThrough) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const StdinFrom pipe(ends[0]);
  ASSERT_EQ(::write(ends[1], "12345678", 8), 8);
  struct sigaction handler {
  }, before{};
  handler.sa_handler = [](int) {};
  ::sigaction(SIGALRM, &handler, &before);
  const itimerval soon{{0, 10'000}, {0, 10'000}}, never{};
  ::setitimer(ITIMER_REAL, &soon, nullptr);
  Input input("-", [] { throw Interrupted(); });
  EXPECT_THROW(read_all(input), Interrupted) << "a blocked read must not outlast Ctrl-C";
  ::setitimer(ITIMER_REAL, &never, nullptr);
  ::sigaction(SIGALRM, &before, nullptr);
  ASSERT_EQ(::write(ends[1], "abcdefghij", 10), 10);
  ::close(ends[1]);
  EXPECT_EQ(read_all("-"), "abcdefghij");
  ::close(ends[0]);
}

TEST(Gunzip, ReadsAnyNumberOfMembersInAnyPieces) {
  const std::string text = varied_text(40'000);
  const std::string bytes = gzipped(text) + gzipped("") + gzipped("x") + gzipped(text) + std::string(1000, '\0');
  for (const std::size_t piece : {1, 2, 3, 5, 7, 8, 9, 64, 4096, 1 << 20})
    for (const std::size_t room : {1, 3, 100, 1 << 16})
      EXPECT_EQ(inflate(bytes, piece, room), text + "x" + text) << piece;
}

// As `gzip FILE` and bgzip write them, and with all that there can be.
TEST(Gunzip, ReadsEveryHeaderInAnyPieces) {
  const std::string text = varied_text(1000), plain = gzipped(text);
  const auto with = [&](char flags, std::string_view fields) {
    std::string header = plain.substr(0, 10).append(fields);
    header[3] = flags;
    if ((flags & 2) != 0) {
      const auto* const bytes = reinterpret_cast<const unsigned char*>(header.data());
      const std::uint32_t sum = crc32_gzip_refl(0, bytes, header.size());
      header += {char(sum & 0xff), char(sum >> 8 & 0xff)};
    }
    return header + plain.substr(10);
  };
  using namespace std::string_view_literals;
  const std::string extra = with(4, "\6\0BC\2\0xy"sv), name = with(8, "a name\0"sv), comment = with(16, "\0"sv),
                    checksum = with(2, ""), all = with(31, "\2\0xyname\0comment\0"sv);
  for (const std::string& member : {extra, name, comment, checksum, all})
    for (std::size_t piece = 1; piece < 60; ++piece) {
      Pieces pieces(member + member, piece);
      GunzipSource source(pieces);
      EXPECT_EQ(read_all(source), text + text) << piece;
    }
  const auto refusal = [](const std::string& bytes) {
    return message_of<BadInput>([&] {
      Pieces pieces(bytes);
      GunzipSource source(pieces);
      read_all(source);
    });
  };
  for (std::size_t size = 1; size < all.size(); ++size)
    EXPECT_TRUE(contains(refusal(all.substr(0, size)), "is cut off")) << size;
  std::string damaged = all;
  damaged[4] ^= 1;
  EXPECT_TRUE(contains(refusal(damaged), "the checksum of its gzip stream does not match"));
  EXPECT_TRUE(contains(refusal(with(32, "")), "no header that can be read"));
}

TEST(Gunzip, RefusesEveryPrefix) {
  const std::string bytes = gzipped("short") + gzipped(varied_text(2000));
  const std::size_t first = gzipped("short").size();
  for (std::size_t size = 2; size < bytes.size(); ++size) {
    const auto call = [&] { inflate(bytes.substr(0, size), 1 << 20, 4096); };
    if (size == first)
      EXPECT_NO_THROW(call());
    else
      EXPECT_TRUE(contains(message_of<BadInput>(call), "text is cut off: gzip stream ends early")) << size;
  }
}

TEST(Gunzip, RefusesDamageAndForeignBytes) {
  const std::string text = varied_text(2000), bytes = gzipped(text);
  for (std::size_t i = 2; i < bytes.size(); ++i) {
    // Reserved flags, time stamp, hints, system, and the padding of the last byte of data are under no checksum.
    if ((i >= 3 && i < 10) || i == bytes.size() - 9) continue;
    std::string damaged = bytes;
    damaged[i] = char(damaged[i] ^ 0x20);
    EXPECT_THROW(inflate(damaged, 1 << 20, 4096), BadInput) << i << " of " << bytes.size();
  }
  EXPECT_TRUE(contains(message_of<BadInput>([&] { inflate(bytes + "more", 1 << 20, 4096); }), "not gzip"));
}

TEST(OutputFile, AppearsAtCommitOnly) {
  TemporaryDirectory folder;
  const std::string path = folder / "out", large(200'000, 'x');
  {
    OutputFile file(path, false);
    file.write("hello ");
    file.write(large);
    EXPECT_FALSE(fs::exists(path));
    file.commit();
  }
  EXPECT_EQ(content_of(path), "hello " + large);
  EXPECT_TRUE(contains(message_of<OutputError>([&] { OutputFile(path, false); }), "exists; give --overwrite"));
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  { OutputFile(path, true).write("lost"); }
  EXPECT_EQ(content_of(path), "hello " + large) << "without commit the old file stays";
  fs::create_symlink("out", folder / "link");
  OutputFile file(folder / "link", true);
  file.write("new");
  file.commit();
  EXPECT_EQ(content_of(path), "new") << "the file changes, the link stays";
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(fs::status(path).permissions(), fs::perms(0600));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2) << "no temporary file is left";
}

TEST(OutputFile, DoesNotReplaceAFileThatAppearedMeanwhile) {
  TemporaryDirectory folder;
  OutputFile file(folder / "out", false);
  folder.write("out", "theirs");
  EXPECT_THROW(file.commit(), OutputError);
  EXPECT_EQ(content_of(folder / "out"), "theirs");
}

TEST(OutputFile, TellsWhyItCannotWriteAndLeavesNothing) {
  TemporaryDirectory folder;
  EXPECT_TRUE(contains(message_of<OutputError>([&] { OutputFile(folder / "no/out", false); }), "No such file"));
  EXPECT_TRUE(contains(message_of<OutputError>([&] { OutputFile(folder.path(), true); }), "Is a directory"));
  OutputFile full("/dev/full", false);
  full.write("x");
  EXPECT_TRUE(contains(message_of<OutputError>([&] { full.commit(); }), "No space left on device"));
  OutputFile null("/dev/null", false);
  null.write("x");
  EXPECT_NO_THROW(null.commit());

  // A limit on the size of files stands for a disk that fills up half way.
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{100'000, before.rlim_max};
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &small);
  const std::string message = message_of<OutputError>([&] {
    OutputFile file(folder / "out", false);
    for (int i = 0; i < 100; ++i) file.write(std::string(10'000, 'x'));
    file.commit();
  });
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_TRUE(contains(message, "File too large")) << message;
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(StdoutSink, TellsABrokenPipeFromAFullDisk) {
  ::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  StdoutSink sink(ends[1]);
  sink.write("data");
  sink.flush();
  std::string got(4, '\0');
  EXPECT_EQ(::read(ends[0], got.data(), got.size()), 4);
  EXPECT_EQ(got, "data");
  ::close(ends[0]);
  sink.write("more");
  EXPECT_THROW(sink.flush(), BrokenPipe);
  EXPECT_NO_THROW(sink.flush()) << "what failed is not tried again";
  ::close(ends[1]);
  const FileDescriptor full(::open("/dev/full", O_WRONLY));
  StdoutSink disk(full.get());
  disk.write("x");
  EXPECT_THROW(disk.flush(), OutputError);
}

TEST(PagedArray, KeepsWhatItHoldsAndGrowsByZeros) {
  PagedArray<std::uint32_t> array;
  std::uint32_t filled = 0;
  for (const std::size_t size : {10u, 1'000u, 100'000u, 400'000u, 600'000u, 5'000'000u}) {  // large pages from 524,288
    array.resize(size);
    if (size == 100'000) array.populate();
    for (std::uint32_t i = 0; i < size; ++i) ASSERT_EQ(array[i], i < filled ? i + 1 : 0) << size;
    for (; filled < size; ++filled) array[filled] = filled + 1;
  }
}

}  // namespace
}  // namespace ringscan::testing
