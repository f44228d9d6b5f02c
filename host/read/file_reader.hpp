// One file -> rows of a store, block by block: cut in order, read by many threads, put in order again.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "read/open_records.hpp"
#include "read/read_ledger.hpp"
#include "read/row_reader.hpp"
#include "read/row_store.hpp"
#include "read/simple_form.hpp"

namespace ringscan {

// What is to be done when there are too many rows in a store: `is_full` is asked between blocks, and `make_room` called
// when nobody uses the store.
struct RowLimit {
  std::function<bool()> is_full;
  std::function<void()> make_room;
};

// What was found in one file.
struct FileFindings {
  InputReport report;
  DropCounts dropped{};
  std::vector<RejectedRow> rejected;  // the first of them
  bool saw_likely_milliseconds = false, saw_rounded_doubles = false;
};

class FileReader {
 public:
  static constexpr std::size_t most_rejected = 20, first_rows = 5;

  FileReader(std::shared_ptr<OpenFile> file, const Binding& binding, const RowRules& rules);

  // Reads all of it, or as far as `most_bytes`. `progress(bytes of the file so far, rows so far)` is called from one
  // thread at a time and may throw. Throws BadInput, and what the store and the file's source throw.
  void read(RowStore& rows, std::uint64_t most_bytes, const RowLimit* limit,
            const std::function<void(std::uint64_t, std::uint64_t)>& progress);
  FileFindings& findings() { return findings_; }

 private:
  struct Part;
  // All parts, also those that an exception leaves between two stages; those done with are taken again.
  class Parts {
   public:
    Parts();
    ~Parts();
    Part* take();
    void give(Part* part);

   private:
    std::mutex lock_;
    std::vector<std::unique_ptr<Part>> all_;
    std::vector<Part*> spare_;
  };
  void read_records(RecordBlock& block, Part& part) const;
  void read_columns(RecordBlock& block, std::string_view lasting, RowReader& reader, Part& part) const;
  void read_carefully(const Record& record, std::string_view lasting, RowReader& reader, Part& part) const;
  void take(const ReadRow& row, std::string_view lasting, Part& part) const;
  void settle(Part*& part);
  void account_for(Part& part);
  std::optional<std::size_t> column_of_later_ids() const;
  void show_later_ids();

  const std::shared_ptr<OpenFile> file_;
  const RowRules& rules_;
  const Binding binding_;
  std::optional<SimpleForm> form_;               // of plain rows, if the file can have some
  std::shared_ptr<const LaterTexts> later_ids_;  // null: ids come with their records
  bool keeps_all_ids_ = false;                   // in memory
  std::uint64_t lines_ = 0;                      // before the next part
  std::string rest_;                             // what the parts before it left
  Parts parts_;
  FileFindings findings_;
};

}  // namespace ringscan
