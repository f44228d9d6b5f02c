// What `import --append` asks of the packed ledger that it adds to and replaces.
#pragma once
#include <string>

#include "io/file_descriptor.hpp"
#include "packed/packed_writer.hpp"
#include "read/read_ledger.hpp"

namespace ringscan {

class AppendedLedger {
 public:
  // Takes the file for this run, until destruction. Throws MissingInput where there is none, OutputError while another
  // run adds to it, UsageError where it is no packed ledger, and where rows read by `options` could not stand in one
  // ledger with its rows: the answers would not be those of one import.
  AppendedLedger(const std::string& path, const ReadOptions& options);

  PackedIndex index() const { return index_; }  // that it has

 private:
  FileDescriptor held_;
  PackedIndex index_ = PackedIndex::both;
};

}  // namespace ringscan
