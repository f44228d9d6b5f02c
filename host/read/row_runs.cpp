#include "read/row_runs.hpp"

#include <algorithm>
#include <cstring>

#include "read/canonical_order.hpp"

namespace ringscan {
namespace {

constexpr std::size_t released_at_once = std::size_t{8} << 20;  // bytes of a run that were read

template <class T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : int(b < a);
}

// Seven bits a byte, the lowest first.
void put_number(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(char(value | 0x80));
  out.push_back(char(value));
}

std::uint64_t take_number(const char*& at) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = std::uint8_t(*at++);
    value |= std::uint64_t(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
}

constexpr std::uint64_t outside = 1, has_tail = 2, is_huge = 4;  // flags of a row

void put_row(std::string& out, const StoredRow& row, std::int64_t& time) {
  const std::optional<std::uint64_t> tail = tail_of(row.amount, row.code);
  put_number(out, (row.is_outside ? outside : 0) | (!tail ? is_huge : (*tail != 0 ? has_tail : 0)));
  put_number(out, std::uint64_t(row.position.time) - std::uint64_t(std::exchange(time, row.position.time)));
  for (const std::uint64_t number :
       {row.position.block, row.position.transaction_index, row.position.log_index, std::uint64_t{row.from},
        std::uint64_t{row.to}, std::uint64_t{row.asset}, row.code})
    put_number(out, number);
  if (!tail)
    for (const std::uint64_t limb : row.amount.limbs) put_number(out, limb);
  else if (*tail != 0)
    put_number(out, *tail);
  put_number(out, row.packed_id.size());
  out.append(row.packed_id);
}

// Reads a run from its begin to its end.
class RunReader {
 public:
  explicit RunReader(Spool& run) : file_(run.mapped()), at_(file_.bytes().data()) {}

  bool next() {
    const std::string_view all = file_.bytes();
    if (at_ == all.data() + all.size()) {
      is_at_end_ = true;
      return false;
    }
    const std::uint64_t flags = take_number(at_);
    row_.is_outside = (flags & outside) != 0;
    row_.position.time = std::int64_t(std::uint64_t(row_.position.time) + take_number(at_));
    row_.position.block = take_number(at_);
    row_.position.transaction_index = take_number(at_);
    row_.position.log_index = take_number(at_);
    row_.from = std::uint32_t(take_number(at_));
    row_.to = std::uint32_t(take_number(at_));
    row_.asset = std::uint32_t(take_number(at_));
    row_.code = take_number(at_);
    if ((flags & is_huge) != 0)
      for (std::uint64_t& limb : row_.amount.limbs) limb = take_number(at_);
    else
      row_.amount = amount_of(row_.code, (flags & has_tail) != 0 ? take_number(at_) : 0);
    const std::size_t id_size = take_number(at_);
    row_.packed_id = {at_, id_size};
    at_ += id_size;
    if (std::size_t(at_ - all.data()) - released_ > 2 * released_at_once) {
      release(all.substr(released_, released_at_once));
      released_ += released_at_once;
    }
    return true;
  }
  bool is_at_end() const { return is_at_end_; }
  const StoredRow& row() const { return row_; }

 private:
  MappedFile file_;
  const char* at_;
  std::size_t released_ = 0;
  bool is_at_end_ = false;
  StoredRow row_;
};

}  // namespace

void RowRuns::add(RowStore& rows) {
  if (rows.size() == 0) return;
  const std::optional<std::vector<std::uint64_t>> order = order_of_all(rows);
  auto run = std::make_unique<Spool>(path_);
  RowCursor cursor(rows);
  std::string bytes;
  std::int64_t time = 0;
  for (std::uint64_t i = 0; i < rows.size(); ++i) {
    const StoredRow row = cursor.at(order ? (*order)[i] : i);
    put_row(bytes, row, time);
    if (bytes.size() < 60'000) continue;
    run->write(bytes);
    bytes.clear();
  }
  run->write(bytes);
  rows_ += rows.size();
  runs_.push_back(std::move(run));
  rows.clear_rows();
}

void RowRuns::merge(const RowStore& tables, const Use& use) {
  StoredRowOrder order(tables);
  std::vector<std::unique_ptr<RunReader>> readers;
  for (const std::unique_ptr<Spool>& run : runs_) {
    auto reader = std::make_unique<RunReader>(*run);
    if (reader->next()) readers.push_back(std::move(reader));
  }
  const auto comes_later = [&](const auto& a, const auto& b) { return order.compare(a->row(), b->row()) > 0; };
  std::ranges::make_heap(readers, comes_later);
  while (!readers.empty()) {
    std::ranges::pop_heap(readers, comes_later);
    RunReader& first = *readers.back();
    do use(first.row());
    while (first.next() && (readers.size() == 1 || order.compare(first.row(), readers.front()->row()) <= 0));
    if (first.is_at_end())
      readers.pop_back();
    else
      std::ranges::push_heap(readers, comes_later);
  }
}

int StoredRowOrder::compare_texts(const StoredRow& a, const StoredRow& b) {
  if (const int order = compare_packed(a.packed_id, b.packed_id)) return order;
  const auto by_name = [](const auto& table, auto& names, std::uint32_t left, std::uint32_t right) {
    if (left == right) return 0;
    if (names.empty()) names = table.packed();
    return compare_packed(names[left], names[right]);
  };
  if (const int order = by_name(tables_.accounts(), accounts_, a.from, b.from)) return order;
  if (const int order = by_name(tables_.accounts(), accounts_, a.to, b.to)) return order;
  if (const int order = by_name(tables_.assets(), assets_, a.asset, b.asset)) return order;
  return three_way(a.amount, b.amount);
}

int StoredRowOrder::compare(const StoredRow& a, const StoredRow& b) {
  const int order = three_way(a.position, b.position);
  return order != 0 ? order : compare_texts(a, b);
}

int StoredRowOrder::compare_identity(const StoredRow& a, const StoredRow& b) {
  if (const int order = three_way(a.position.time, b.position.time)) return order;
  if (const int order = three_way(a.position.log_index, b.position.log_index)) return order;
  return compare_texts(a, b);
}

}  // namespace ringscan
