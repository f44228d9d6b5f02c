// A packed ledger file, mapped: bytes are checked the first time that somebody asks for them, by the checksum of their
// block and, where numbers name something in another section, by whether it exists. So no altered file, forged
// checksums or not, makes a reader leave the file. What nobody can guard against is a file changed in place while it is
// mapped; the writer replaces files whole.
#pragma once
#include <tbb/task_arena.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <string>

#include "io/mapped_file.hpp"
#include "packed/format.hpp"

namespace ringscan::packed {

class CheckedFile final : public Guard {
 public:
  // Looks at the header and the roots alone. Throws MissingInput, BadInput.
  CheckedFile(const std::string& path, unsigned threads);

  const Header& header() const { return header_; }
  template <class T>
  std::span<const T> section(Section section) const {
    const SectionEntry& entry = header_[section];
    return {reinterpret_cast<const T*>(bytes_.data() + entry.offset), entry.bytes / sizeof(T)};
  }

  void need(const void* begin, std::size_t bytes) const override;
  void need_row(Row row) const override;
  void need_rows() const override;
  void need_rows(Row begin, Row end) const override;
  void need_wallets() const override;
  void will_need_rows(Row begin, Row end) const override;
  void will_show_rows(std::span<const Row> rows) const override;
  void release_rows(Row begin, Row end) const override;
  [[noreturn]] void reject(const void* place) const override;
  // All bytes, and what need_rows() checks. Throws BadInput.
  void need_all() const;

 private:
  // One bit a block, set once it is known to be sound.
  class Marks {
   public:
    explicit Marks(std::size_t blocks) : words_((blocks + 63) / 64) {}
    bool operator[](std::size_t block) const {
      return (words_[block / 64].load(std::memory_order_acquire) >> block % 64 & 1) != 0;
    }
    void set(std::size_t block) { words_[block / 64].fetch_or(std::uint64_t{1} << block % 64); }

   private:
    std::vector<std::atomic<std::uint64_t>> words_;
  };

  void check_block(std::size_t block) const;
  void check_wallet(Wallet wallet, const void* place) const;
  void check_rows(Row begin, Row end) const;
  void check_name(Account account) const;
  template <class Use>
  void each_column(Row begin, Row end, Use use) const;
  [[noreturn]] void damaged(std::uint64_t begin, std::uint64_t end) const;

  std::string path_;
  MappedFile file_;
  std::string_view bytes_;
  Header header_;
  unsigned block_shift_;  // blocks are powers of two
  mutable tbb::task_arena arena_;
  mutable std::optional<Marks> sound_, sound_checksums_;
  mutable std::mutex rows_mutex_;
  mutable std::atomic<bool> rows_are_sound_ = false;
};

}  // namespace ringscan::packed
