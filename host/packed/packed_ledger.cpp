#include "packed/packed_ledger.hpp"

#include <tbb/parallel_for.h>

#include <filesystem>

#include "io/errors.hpp"
#include "io/input.hpp"
#include "packed/account_index.hpp"
#include "packed/checked_file.hpp"
#include "packed/narrow_column.hpp"

namespace ringscan {
namespace packed {
namespace {

NarrowColumn narrow_column(const CheckedFile& file, Section chunks, Section differences) {
  return {file.section<NarrowChunk>(chunks), file.section<std::byte>(differences), &file};
}

class Ids final : public TransactionIds {
 public:
  explicit Ids(const CheckedFile& file)
      : file_(file),
        lengths_(narrow_column(file, Section::id_length_chunks, Section::id_lengths)),
        chunks_(file.section<std::uint64_t>(Section::id_chunks)),
        bytes_(file.section<char>(Section::id_bytes)) {}

  std::string at(Row row) const override { return unpack_text(packed(row)); }
  void prepare(std::span<const Row> rows) const override {
    tbb::parallel_for(std::size_t{0}, rows.size(), [&](std::size_t i) { packed(rows[i]); });
  }
  std::string_view packed(Row row) const {
    if (chunks_.empty()) return {};
    const std::uint64_t& chunk = chunks_[row / narrow_chunk_rows];
    file_.need(&chunk, sizeof chunk);
    const std::uint64_t begin = chunk + lengths_.sum_before(row), length = lengths_.at(row);
    if (begin > bytes_.size() || length > bytes_.size() - begin) file_.reject(&chunk);
    file_.need(bytes_.data() + begin, length);
    return {bytes_.data() + begin, length};
  }

 private:
  const CheckedFile& file_;
  NarrowColumn lengths_;
  std::span<const std::uint64_t> chunks_;
  std::span<const char> bytes_;
};

class Finder final : public AccountFinder {
 public:
  Finder(const CheckedFile& file, const PackedTexts& accounts) : file_(file), accounts_(accounts) {}
  std::optional<Account> find(std::string_view packed_name) const override {
    return find_account(file_.section<std::uint32_t>(Section::account_slots), file_.header().account_seed, accounts_,
                        &file_, packed_name);
  }

 private:
  const CheckedFile& file_;
  PackedTexts accounts_;
};

template <class T>
Column<T> column(const CheckedFile& file, Section section) {
  return Column<T>::view_of(file.section<T>(section));
}

EntryIndex entry_index(const CheckedFile& file, Section begins, Section entries, bool has_amounts) {
  EntryIndex index{file.section<std::uint64_t>(begins),
                   file.section<std::byte>(entries),
                   has_amounts,
                   false,
                   file.header().rows,
                   &file};
  index.has_wide_rows = file.header()[entries].width > index.entry_bytes();
  return index;
}

}  // namespace
}  // namespace packed

using packed::CheckedFile;
using packed::Section;

bool is_packed_ledger(const std::string& path) {
  std::error_code ignored;  // what a pipe has told once it does not tell again
  if (path == "-" || !std::filesystem::is_regular_file(path, ignored)) return false;
  try {
    Input file(path);
    std::array<char, packed::magic.size()> begin{};
    for (std::size_t size = 0, more = 1; size < begin.size() && more > 0; size += more)
      more = file.read(std::span(begin).subspan(size));
    return begin == packed::magic;
  } catch (const std::runtime_error&) {
    return false;
  }
}

PackedLedger::PackedLedger(const std::string& path, unsigned threads)
    : file_(std::make_shared<const CheckedFile>(path, threads)) {}

Ledger PackedLedger::ledger() const {
  using packed::column;
  const CheckedFile& file = *file_;
  const packed::Header& header = file.header();
  Ledger ledger;
  ledger.time_axis = TimeAxis(header.time_axis);
  ledger.first_time = header.first_time;
  ledger.from = column<Wallet>(file, Section::from);
  ledger.to = column<Wallet>(file, Section::to);
  ledger.time = column<std::uint32_t>(file, Section::time);
  ledger.amount = column<AmountKey>(file, Section::amount);
  ledger.amounts =
      AmountKeys(column<AmountKey>(file, Section::wide_keys), column<Amount>(file, Section::wide_amounts), &file);
  ledger.wallet_account = column<Account>(file, Section::wallet_accounts);
  ledger.wallet_asset = column<Asset>(file, Section::wallet_assets);
  ledger.accounts = PackedTexts(column<std::uint64_t>(file, Section::account_ends),
                                column<char>(file, Section::account_bytes), &file);
  ledger.assets =
      PackedTexts(column<std::uint64_t>(file, Section::asset_ends), column<char>(file, Section::asset_bytes), &file);
  if (header[Section::id_length_chunks].bytes > 0) ledger.transaction_ids = std::make_shared<packed::Ids>(file);
  if (header[Section::account_slots].bytes > 0)
    ledger.account_finder = std::make_shared<packed::Finder>(file, ledger.accounts);
  ledger.receipts_of = packed::entry_index(file, Section::receipt_begins, Section::receipts, true);
  ledger.payments_of = packed::entry_index(file, Section::payment_begins, Section::payments, false);
  ledger.plain_hits = {file.section<std::uint64_t>(Section::plain_hits), &file};
  ledger.pair_marks = {file.section<PairMarks::Block>(Section::pair_marks), &file};
  const auto wallet_begins = file.section<std::uint64_t>(Section::account_wallet_begins);
  if (!wallet_begins.empty() || header.wallets == header.accounts)
    ledger.wallets_of = {wallet_begins, file.section<Wallet>(Section::account_wallets), std::size_t(header.wallets),
                         &file};
  ledger.guard = &file;
  ledger.dropped = header.dropped;
  ledger.keeper = file_;
  return ledger;
}

PackedSettings PackedLedger::settings() const {
  const std::span<const char> bytes = file_->section<char>(Section::settings);
  need(static_cast<const Guard*>(file_.get()), bytes);
  PackedSettings settings;
  std::string_view rest(bytes.data(), bytes.size());
  const auto next = [&] {
    const std::size_t end = rest.find('\0');
    if (end == rest.npos) file_->reject(bytes.data());
    const std::string text(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    return text;
  };
  while (!rest.empty()) {
    std::string name = next();
    settings.emplace_back(std::move(name), next());
  }
  return settings;
}

Row PackedLedger::size() const { return file_->header().rows; }

std::vector<SectionReport> PackedLedger::sections() const {
  std::vector<SectionReport> sections;
  for (std::size_t i = 0; i < packed::section_count; ++i)
    if (file_->header().sections[i].bytes > 0)
      sections.push_back({packed::section_names[i], file_->header().sections[i].bytes});
  return sections;
}

void PackedLedger::read_rows(Row begin, Row end, PackedRowsBuffer& rows) const {
  const LedgerView view = ledger().view();
  const packed::Ids ids(*file_);
  const bool has_ids = file_->header()[Section::id_length_chunks].bytes > 0;
  rows = {};
  const auto positions = [&](Section chunks, Section differences, std::vector<std::uint64_t>& values) {
    if (file_->header()[chunks].bytes == 0) return;
    const packed::NarrowColumn column = packed::narrow_column(*file_, chunks, differences);
    for (Row row = begin; row < end; ++row) values.push_back(column.at(row));
  };
  positions(Section::block_chunks, Section::blocks, rows.block);
  positions(Section::transaction_index_chunks, Section::transaction_indexes, rows.transaction_index);
  positions(Section::log_index_chunks, Section::log_indexes, rows.log_index);
  for (Row row = begin; row < end; ++row) {
    rows.time.push_back(view.time_at(row));
    rows.from.push_back(view.from[row]);
    rows.to.push_back(view.to[row]);
    const Amount amount = view.amount_at(row);
    rows.code.push_back(order_code(amount));
    if (!stands_for_one_amount(rows.code.back())) rows.wide.push_back(amount);
    if (!has_ids) continue;
    const std::string_view id = ids.packed(row);
    rows.id_bytes.insert(rows.id_bytes.end(), id.begin(), id.end());
    rows.id_ends.push_back(rows.id_bytes.size());
  }
}

void PackedLedger::verify() const { file_->need_all(); }

Ledger open_packed_ledger(const std::string& path, unsigned threads) { return PackedLedger(path, threads).ledger(); }

}  // namespace ringscan
