// Files -> rows of a store: what all that reads exports has in common, whatever becomes of the rows.
#pragma once
#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "read/file_reader.hpp"
#include "read/read_ledger.hpp"
#include "read/row_store.hpp"

namespace ringscan {

class Reading {
 public:
  // All four must live as long.
  Reading(const RowRules& rules, std::vector<std::string> files, ReadReport& report,
          const std::function<void(const ReadProgress&)>& progress);

  // Files one after another, or side by side where each keeps a thread busy alone; with a limit always the former.
  // Throws what read_ledger() throws.
  void read(RowStore& rows, const RowLimit* limit = nullptr);

  const DropCounts& dropped() const { return dropped_; }
  // What the rows' ids stand in.
  std::vector<std::shared_ptr<const void>> sources() && { return std::move(sources_); }

 private:
  struct Outcome {
    std::shared_ptr<OpenFile> file;
    std::unique_ptr<FileReader> reader;
    std::exception_ptr error;
    std::uint64_t bytes = 0, rows = 0;
  };
  void bind();
  std::shared_ptr<OpenFile> open(const std::string& path);
  void read_file(std::size_t place, RowStore& rows, const RowLimit* limit);
  void conclude(Outcome& outcome);
  std::string rejection_message() const;
  void warn(const FileFindings& findings);
  void tell_progress();

  const ReadOptions& options_;
  const RowRules& rules_;
  const std::vector<std::string> files_;
  std::vector<Outcome> outcomes_;
  std::vector<Binding> bindings_;
  ReadReport& report_;
  const std::function<void(const ReadProgress&)>& progress_;
  const std::uint64_t bytes_total_;
  DropCounts dropped_{};
  std::vector<std::shared_ptr<const void>> sources_;
  std::atomic<bool> is_spoilt_ = false;
  std::mutex lock_;  // of progress
  std::uint64_t bytes_ = 0, rows_ = 0;
  bool warned_of_milliseconds_ = false, warned_of_doubles_ = false;
};

}  // namespace ringscan
