#include "read/append.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>

#include "io/errors.hpp"
#include "packed/packed_ledger.hpp"
#include "read/import_ledger.hpp"
#include "read/packed_source.hpp"

namespace ringscan {
namespace {

// The file under this name, locked. Two runs that added to one file would each write it without the other's rows.
FileDescriptor hold(const std::string& path) {
  while (true) {
    FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.is_open()) throw MissingInput(fmt::format("cannot read {}: {}", named(path), reason_of(errno)));
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)  // some file systems have no locks
      throw OutputError(fmt::format("another run is adding to {}: wait until it has ended", named(path)));
    struct stat held {
    }, there{};
    const bool is_there = ::fstat(file.get(), &held) == 0 && ::stat(path.c_str(), &there) == 0 &&
                          held.st_ino == there.st_ino && held.st_dev == there.st_dev;
    if (is_there) return file;  // else another run has just replaced it
  }
}

PackedIndex index_of(const PackedLedger& file) {
  const auto has = [sections = file.sections()](std::string_view name) {
    return std::ranges::find(sections, name, &SectionReport::name) != sections.end();
  };
  if (file.size() == 0 || has("sender index")) return PackedIndex::both;
  return has("receiver index") ? PackedIndex::receiver : PackedIndex::none;
}

}  // namespace

AppendedLedger::AppendedLedger(const std::string& path, const ReadOptions& options) : held_(hold(path)) {
  if (!is_packed_ledger(path)) throw UsageError(fmt::format("--append adds to a packed ledger, and {} is none", path));
  if (options.start || options.end || options.min_amount || !options.assets.empty())
    throw UsageError(
        fmt::format("--start, --end, --assets and --min-amount would drop rows of {} too: import the new files with "
                    "them by themselves, and append that",
                    path));
  const PackedLedger file(path);
  check_packed(path, file, file.ledger(), options);
  const PackedSettings asked = settings_of(options);
  for (const auto& [name, value] : file.settings()) {
    if (name == united_accounts)
      throw UsageError(
          fmt::format("{} was imported with --utxo entities, and new rows may join its accounts further: import all "
                      "files together",
                      path));
    if (std::ranges::find(asked, name, &PackedSettings::value_type::first) == asked.end())
      throw UsageError(fmt::format("{} was imported with --{}: say so here too", path, name));
  }
  index_ = index_of(file);
}

}  // namespace ringscan
