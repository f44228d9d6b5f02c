#include "pack_workload.hpp"

#include <algorithm>
#include <thread>

namespace ringscan::bench {
namespace {

PackedTexts numbers_as_texts(std::size_t count) {
  PackedTexts texts;
  std::string packed;
  for (std::size_t number = 0; number < count; ++number)
    texts.push_back_packed(pack_text(std::to_string(number), packed));
  return texts;
}

}  // namespace

void pack_workload(Workload& workload, const std::string& path, PackedIndex index) {
  workload.ledger.accounts = numbers_as_texts(workload.ledger.accounts.size());
  workload.ledger.assets = numbers_as_texts(workload.options.assets);
  PackedOptions options;
  options.index = index;
  options.threads = std::max(1u, std::thread::hardware_concurrency());
  write_packed_ledger(path, true, workload.ledger, options);
}

}  // namespace ringscan::bench
