// A file's bytes where the system keeps them. A file that is cut while it is mapped ends the program by SIGBUS, which
// cli/ answers with a sentence.
#pragma once
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace ringscan {

class MappedFile {
 public:
  // Throws MissingInput with the system's reason.
  explicit MappedFile(const std::string& path);
  // An open file, `path` for messages. It may be closed while it is mapped.
  MappedFile(int file, const std::string& path);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return {begin_, size_}; }

 private:
  const char* begin_ = nullptr;
  std::size_t size_ = 0;
};

// Brings the pages of a mapped text in at once, which costs a tenth of touching them one after another.
void populate(std::string_view mapped);
// Asks for the pages of a mapped text to be read from the disk, and does not wait for them.
void read_ahead(std::string_view mapped);
// Lets the pages wholly inside go, so that a long file read once does not count as memory; they can be touched again.
void release(std::string_view mapped);

// Releases texts of one mapping by the 32 MiB: each call makes all processors look up, which costs more than it frees.
// For many threads.
class LazyRelease {
 public:
  ~LazyRelease();
  void add(std::string_view mapped);

 private:
  void release_all();

  std::mutex lock_;
  std::vector<std::string_view> texts_;
  std::size_t bytes_ = 0;
};

}  // namespace ringscan
