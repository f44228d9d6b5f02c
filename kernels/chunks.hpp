// A ledger in stretches of rows, whether it lies on the device or passes through it: what the sweep and the selection
// walk over. Stretches are planned on the host, which has the times at hand.
#pragma once
#include <array>
#include <functional>
#include <thread>
#include <vector>

#include "kernels/columns.hpp"
#include "kernels/lane.hpp"

namespace ringscan::kernels {

// Rows [first, end), at most so many as the plan was told.
struct Step {
  Row first, end;
  bool tests = true, applies = true;  // of the sweep
  bool one_time = false;              // all rows are of one time
  friend bool operator==(const Step&, const Step&) = default;
};

// From the first row to the last. O(steps).
inline std::vector<Step> plan_forward(Row rows, std::uint64_t most_rows) {
  std::vector<Step> steps;
  for (Row first = 0; first < rows; first += most_rows) steps.push_back({first, std::min(rows, first + most_rows)});
  return steps;
}

// From the last row to the first, whole groups of equal times in each step; a group larger than a step is first tested
// in pieces, all of it, then applied in pieces. `time` ascends. O(steps log N).
inline std::vector<Step> plan_sweep(std::span<const std::uint32_t> time, std::uint64_t most_rows) {
  std::vector<Step> steps;
  for (Row end = time.size(); end > 0;) {
    const Row least = end - std::min<Row>(end, most_rows);
    Row first = least;
    if (least > 0 && time[least - 1] == time[least])
      first = Row(std::ranges::upper_bound(time.subspan(least, end - least), time[least]) - time.begin());
    if (first < end) {
      steps.push_back({first, end, true, true, time[first] == time[end - 1]});
    } else {
      first = Row(std::ranges::lower_bound(time.first(end), time[least]) - time.begin());
      for (const bool tests : {true, false})
        for (Row piece = first; piece < end; piece += most_rows)
          steps.push_back({piece, std::min(end, piece + most_rows), tests, !tests, true});
    }
    end = first;
  }
  return steps;
}

// The rows of a step of columns that are where kernels can read them.
inline Columns rows_of(const Columns& columns, const Step& step) {
  return {columns.from + step.first,   columns.to + step.first, columns.time + step.first,
          columns.amount + step.first, columns.wallet_account,  step.end - step.first};
}

struct ResidentChunks {
  Columns columns;

  // visit(step, its rows) for each.
  template <class Visit>
  void for_each(std::span<const Step> steps, Visit visit) const {
    for (const Step& step : steps) visit(step, rows_of(columns, step));
  }
};

// A step's columns, on the device or in pinned memory of the host.
template <template <class> class Memory>
struct StepSlot {
  template <class Space>
  StepSlot(Space& space, std::uint64_t rows)
      : from(space, rows), to(space, rows), time(space, rows), amount(space, rows) {}
  Columns view(const Account* wallet_account, std::uint64_t size) {
    return {from.data(), to.data(), time.data(), amount.data(), wallet_account, size};
  }
  Memory<Wallet> from, to;
  Memory<std::uint32_t> time;
  Memory<AmountKey> amount;
};

// Pinned memory for four steps. Pinning costs a page walk: whoever asks several questions keeps the ring.
template <class Space>
class PinnedRing {
 public:
  static constexpr std::size_t slot_count = 4;
  struct Slot : StepSlot<Space::template Pinned> {
    using StepSlot<Space::template Pinned>::StepSlot;
    std::vector<std::jthread> fillers;
  };

  PinnedRing(Space& space, std::uint64_t rows) : rows_(rows) {
    for (std::size_t i = 0; i < slot_count; ++i) slots_.emplace_back(space, rows);
  }
  std::uint64_t rows() const { return rows_; }
  Slot& slot(std::size_t step) { return slots_[step % slot_count]; }
  void wait_for_fillers() {
    for (Slot& slot : slots_) slot.fillers.clear();
  }

 private:
  std::uint64_t rows_;
  std::vector<Slot> slots_;
};

// Copies the rows of each step to the device while earlier ones are worked on. Threads of the host put a step's columns
// into a slot of the pinned ring; the lane of copies takes them to one of three slots on the device, two steps ahead of
// the kernels. A device slot is written again once its step's kernels are done, a pinned one once its copy is.
template <class Space>
class StreamedChunks {
 public:
  static constexpr std::size_t device_slots = 3, pinned_slots = PinnedRing<Space>::slot_count, ahead = 2;
  static constexpr std::uint64_t bytes_a_row = 20;

  struct Options {
    std::uint64_t most_rows;                                     // of a step
    unsigned threads = 1;                                        // that fill a pinned slot
    std::uint64_t bytes_worth_threads = std::uint64_t{1} << 20;  // below, the caller's thread fills it
  };

  // `pinned` has room for most_rows, and is nobody else's meanwhile.
  StreamedChunks(Space& space, const LedgerView& ledger, const Account* wallet_account, PinnedRing<Space>& pinned,
                 const Options& options)
      : space_(space),
        columns_(columns_of(ledger)),
        wallet_account_(wallet_account),
        pinned_(pinned),
        options_(options) {
    for (std::size_t i = 0; i < device_slots; ++i) device_.emplace_back(space, options.most_rows);
    for (DeviceSlot& slot : device_) record(space, Lane::compute, slot.released);  // there is memory from here on
  }
  StreamedChunks(const StreamedChunks&) = delete;
  ~StreamedChunks() {
    pinned_.wait_for_fillers();
    try {
      wait_for_copies();
    } catch (...) {  // the device is lost: whoever asks it next says so
    }
  }

  // visit(step, its rows) for each; the rows may be read by what visit issues to the lane that computes.
  template <class Visit>
  void for_each(std::span<const Step> steps, Visit visit) {
    for (std::size_t i = 0; i < std::min(pinned_slots, steps.size()); ++i) stage(steps, i);
    for (std::size_t i = 0; i < std::min(ahead, steps.size()); ++i) send(steps, i);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (i + ahead < steps.size()) send(steps, i + ahead);
      DeviceSlot& slot = device_[i % device_slots];
      wait(space_, Lane::compute, slot.copied);
      visit(steps[i], slot.view(wallet_account_, steps[i].end - steps[i].first));
      record(space_, Lane::compute, slot.released);
      if (i + pinned_slots < steps.size()) {
        wait(space_, slot.copied);  // long over, if the visit read anything back
        stage(steps, i + pinned_slots);
      }
    }
    wait_for_copies();
  }

 private:
  struct DeviceSlot : StepSlot<Space::template Buffer> {
    DeviceSlot(Space& space, std::uint64_t rows)
        : StepSlot<Space::template Buffer>(space, rows), copied(space), released(space) {}
    typename Space::Event copied, released;
  };
  using PinnedSlot = typename PinnedRing<Space>::Slot;

  void stage(std::span<const Step> steps, std::size_t i) {
    PinnedSlot& slot = pinned_.slot(i);
    const Columns rows = rows_of(columns_, steps[i]);
    const unsigned parts = rows.size * bytes_a_row < options_.bytes_worth_threads ? 0 : options_.threads;
    for (unsigned part = 0; part < parts; ++part)
      slot.fillers.emplace_back(
          [=, &slot] { copy_part(rows, slot, rows.size * part / parts, rows.size * (part + 1) / parts); });
    if (parts == 0) copy_part(rows, slot, 0, rows.size);
  }
  static void copy_part(const Columns& rows, PinnedSlot& slot, std::uint64_t begin, std::uint64_t end) {
    std::copy(rows.from + begin, rows.from + end, slot.from.data() + begin);
    std::copy(rows.to + begin, rows.to + end, slot.to.data() + begin);
    std::copy(rows.time + begin, rows.time + end, slot.time.data() + begin);
    std::copy(rows.amount + begin, rows.amount + end, slot.amount.data() + begin);
  }

  void send(std::span<const Step> steps, std::size_t i) {
    PinnedSlot& pinned = pinned_.slot(i);
    pinned.fillers.clear();  // waits
    DeviceSlot& slot = device_[i % device_slots];
    const std::uint64_t size = steps[i].end - steps[i].first;
    wait(space_, Lane::copies, slot.released);
    copy_later(space_, slot.from.data(), pinned.from.data(), size);
    copy_later(space_, slot.to.data(), pinned.to.data(), size);
    copy_later(space_, slot.time.data(), pinned.time.data(), size);
    copy_later(space_, slot.amount.data(), pinned.amount.data(), size);
    record(space_, Lane::copies, slot.copied);
  }

  void wait_for_copies() {
    for (const DeviceSlot& slot : device_) wait(space_, slot.copied);
  }

  Space& space_;
  Columns columns_;
  const Account* wallet_account_;
  PinnedRing<Space>& pinned_;
  Options options_;
  std::vector<DeviceSlot> device_;
};

}  // namespace ringscan::kernels
