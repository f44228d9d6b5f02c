// Two queues of work, as a device has them: one computes, one copies. Each runs in its order; between them only events
// order anything. How early or late each runs is chosen here, at the two ends of what a device may do, so that an event
// that a pipeline forgot to wait for is a wrong answer, or a use after free, without a device.
#pragma once
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <utility>

#include "kernels/lane.hpp"

namespace ringscan::kernels {

enum class Pace {
  at_once,       // all work runs when it is issued
  copies_first,  // copies run as soon as the events that they wait for have happened; computing when it is waited for
  copies_last    // nothing runs before it is waited for, by the host or by work that runs
};

class HostQueues {
 public:
  struct Event {
    Lane lane = Lane::compute;
    std::uint64_t count = 0;  // happened when so many of the lane's works are done
  };

  Pace pace = Pace::at_once;

  template <class Work>
  void issue(Lane lane, Work work) {
    if (pace == Pace::at_once) return work();
    push(lane, {std::move(work), {}});
  }
  Event record(Lane lane) const { return {lane, queue(lane).done + queue(lane).waiting.size()}; }
  // What is issued to `lane` from now on runs after `event`.
  void wait(Lane lane, const Event& event) {
    if (pace != Pace::at_once) push(lane, {{}, event});
  }
  // The host waits.
  void finish(const Event& event) {
    while (!has_happened(event)) run_first(event.lane);
  }
  void finish(Lane lane) { finish(record(lane)); }

 private:
  struct Work {
    std::function<void()> run;  // or, where empty,
    Event wait;
  };
  struct Queue {
    std::deque<Work> waiting;
    std::uint64_t done = 0;
  };

  Queue& queue(Lane lane) { return queues_[std::size_t(lane)]; }
  const Queue& queue(Lane lane) const { return queues_[std::size_t(lane)]; }
  bool has_happened(const Event& event) const { return queue(event.lane).done >= event.count; }

  void push(Lane lane, Work work) {
    queue(lane).waiting.push_back(std::move(work));
    run_ready_copies();
  }
  void run_first(Lane lane) {
    Queue& all = queue(lane);
    if (!all.waiting.front().run) {
      const std::uint64_t before = all.done;
      finish(Event(all.waiting.front().wait));
      if (all.done != before) return;  // what happened let the copies go on
    }
    const Work work = std::move(all.waiting.front());
    all.waiting.pop_front();
    if (work.run) work.run();
    ++all.done;
    if (lane == Lane::compute) run_ready_copies();
  }
  void run_ready_copies() {
    if (pace != Pace::copies_first) return;
    const std::deque<Work>& copies = queue(Lane::copies).waiting;
    while (!copies.empty() && (copies.front().run || has_happened(copies.front().wait))) run_first(Lane::copies);
  }

  std::array<Queue, 2> queues_;
};

}  // namespace ringscan::kernels
