// A packed ledger as records, for what reads it anew: with filters, together with other files, or to append to it. Its
// columns are those that --map knows, by their names there.
#pragma once
#include "packed/packed_ledger.hpp"
#include "read/read_ledger.hpp"
#include "read/record_source.hpp"
#include "read/schemas.hpp"

namespace ringscan {

class PackedSource final : public RecordSource {
 public:
  // Throws what PackedLedger throws.
  explicit PackedSource(const std::string& path);

  std::string_view format() const override { return "packed ledger"; }
  const std::vector<std::string>& header() const override { return header_; }
  void select(std::span<const std::size_t> columns) override { selected_.assign(columns.begin(), columns.end()); }
  std::uint64_t lines_before() const override { return 0; }
  std::unique_ptr<RecordBlock> next_block() override;
  std::uint64_t bytes_done() const override { return next_; }
  DropCounts dropped_before() const override { return ledger_.dropped; }

  // Its columns play the roles of their names. Throws UsageError for options that have no meaning for such a file.
  Binding bind(const std::string& path, const ReadOptions& options) const;

 private:
  const PackedLedger file_;
  const Ledger ledger_;
  const std::vector<std::string> header_;
  std::vector<std::size_t> selected_;
  Row next_ = 0;
};

// Throws UsageError where the options ask for rows that the import of this file dropped, or for another time axis.
void check_packed(const std::string& path, const PackedLedger& file, const Ledger& ledger, const ReadOptions& options);

}  // namespace ringscan
