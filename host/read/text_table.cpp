#include "read/text_table.hpp"

#define XXH_INLINE_ALL
#include <tbb/parallel_for.h>
#include <xxhash.h>

#include <bit>
#include <cstring>
#include <limits>
#include <random>

#include "io/errors.hpp"

namespace ringscan {
namespace {

constexpr std::size_t first_capacity = 64;
constexpr unsigned length_shift = 8;                  // of a long key
constexpr std::size_t least_to_keep = 512;            // keys of a batch, for names to be kept of it
constexpr TextKey no_key{{~std::uint64_t{0}, 0, 0}};  // that nobody asks for: a long text of 2^56 - 1 bytes

std::size_t long_length(const TextKey& key) { return key.words[0] >> length_shift; }

}  // namespace

void TextKeys::push_back(std::string_view packed) {
  TextKey& key = keys_.emplace_back();
  if (packed.size() <= TextKey::longest) {
    std::array<char, sizeof key> bytes{};
    bytes[0] = char(packed.size());
    std::memcpy(bytes.data() + 1, packed.data(), packed.size());
    std::memcpy(&key, bytes.data(), sizeof key);
    return;
  }
  key.words = {std::uint64_t{packed.size()} << length_shift | 0xff, long_texts_.size(), 0};
  long_texts_.append(packed);
}

std::string_view TextKeys::packed(const TextKey& key) const {
  return key.is_long() ? std::string_view(long_texts_).substr(key.words[1], long_length(key)) : key.text();
}

TextTable::TextTable() : shards_(std::make_unique<Shard[]>(std::size_t{1} << shard_bits)) {
  static_assert(std::endian::native == std::endian::little);
  std::random_device random;
  seed_ = (std::uint64_t(random()) << 32) | random();
}

std::uint64_t TextTable::hash(const TextKey& key, const TextKeys& keys) const {
  if (!key.is_long()) return XXH3_64bits_withSeed(&key, sizeof key, seed_);
  const std::string_view text = keys.packed(key);
  return XXH3_64bits_withSeed(text.data(), text.size(), seed_);
}

std::uint64_t TextTable::hash_of_slot(const Slot& slot) const {
  return slot.key.is_long() ? slot.key.words[1] : XXH3_64bits_withSeed(&slot.key, sizeof slot.key, seed_);
}

std::string_view TextTable::packed(const Shard& shard, const TextKey& key) const {
  return key.is_long() ? std::string_view(shard.long_texts).substr(key.words[2], long_length(key)) : key.text();
}

std::size_t TextTable::place_of_recent(std::uint64_t hash) {
  return (hash >> 40) & ((std::size_t{1} << recent_bits) - 1);
}

bool TextTable::is_same(const Shard& shard, const Slot& slot, const TextKey& key, const TextKeys& keys) const {
  if (!key.is_long()) return slot.key == key;
  return slot.key.words[0] == key.words[0] && packed(shard, slot.key) == keys.packed(key);
}

std::size_t TextTable::place_of(const Shard& shard, const TextKey& key, std::uint64_t hash,
                                const TextKeys& keys) const {
  const std::uint32_t tag = std::uint32_t(hash);
  const std::size_t mask = shard.slots.size() - 1;
  std::size_t place = (hash >> 8) & mask;
  while (shard.slots[place].number != 0 &&
         !(shard.slots[place].tag == tag && is_same(shard, shard.slots[place], key, keys)))
    place = (place + 1) & mask;
  return place;
}

std::uint32_t TextTable::number_elsewhere() {
  const std::uint32_t number = next_.fetch_add(1, std::memory_order_relaxed);
  if (number >= std::numeric_limits<std::uint32_t>::max() - 2)
    throw Unavailable("more than 2^32 - 2 different accounts or assets: split the ledger by asset");
  return number;
}

std::uint32_t TextTable::find_or_add(Shard& shard, const TextKey& key, std::uint64_t hash, const TextKeys& keys) {
  Slot& slot = shard.slots[place_of(shard, key, hash, keys)];
  if (slot.number != 0) return slot.number - 1;
  const std::uint32_t number = number_elsewhere();
  slot = {key, number + 1, std::uint32_t(hash)};
  if (key.is_long()) {
    slot.key.words = {key.words[0], hash, shard.long_texts.size()};
    shard.long_texts.append(keys.packed(key));
  }
  ++shard.used;
  return number;
}

void TextTable::grow(Shard& shard, std::size_t capacity) {
  PagedArray<Slot> slots;
  slots.resize(capacity);
  slots.populate();
  for (const Slot& slot : shard.slots.span()) {
    if (slot.number == 0) continue;
    std::size_t place = (hash_of_slot(slot) >> 8) & (capacity - 1);
    while (slots[place].number != 0) place = (place + 1) & (capacity - 1);
    slots[place] = slot;
  }
  std::swap(shard.slots, slots);
}

// Numbers those that were asked for lately, and returns the others, in their order.
std::span<TextTable::Wanted> TextTable::look_up_recent(const TextKeys& keys, std::span<std::uint32_t> numbers,
                                                       Recent& recent) const {
  thread_local std::vector<Wanted> wanted;
  const std::span<const TextKey> all = keys.keys();
  wanted.resize(all.size());
  std::size_t count = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t code = hash(all[i], keys);
    wanted[count] = {code, std::uint32_t(i)};
    if (recent.empty()) {
      ++count;
      continue;
    }
    const Slot& slot = recent[place_of_recent(code)];
    numbers[i] = slot.number - 1;
    count += !(slot.key == all[i]);  // without a branch, as nobody can guess it
  }
  return std::span(wanted).first(count);
}

void TextTable::keep_recent(std::span<const TextKey> keys, std::span<const Wanted> found,
                            std::span<const std::uint32_t> numbers, Recent& recent) const {
  for (const Wanted& one : found)
    if (const TextKey& key = keys[one.index]; !key.is_long())
      recent[place_of_recent(one.hash)] = {key, numbers[one.index] + 1, 0};
}

void TextTable::intern(const TextKeys& keys, std::span<std::uint32_t> numbers) {
  // By shard first, so that each is locked once and its slots are fetched side by side.
  constexpr std::size_t shard_count = std::size_t{1} << shard_bits;
  thread_local std::vector<Wanted> by_shard;
  const std::span<const TextKey> all = keys.keys();
  Recent& recent = recent_.local();
  if (recent.empty() && all.size() >= least_to_keep) recent.assign(std::size_t{1} << recent_bits, {no_key, 0, 0});
  const std::span<const Wanted> wanted = look_up_recent(keys, numbers, recent);
  std::array<std::uint32_t, shard_count + 1> ends{};
  for (const Wanted& one : wanted) ++ends[(one.hash >> (64 - shard_bits)) + 1];
  for (std::size_t shard = 0; shard < shard_count; ++shard) ends[shard + 1] += ends[shard];
  std::array<std::uint32_t, shard_count> next;
  std::copy_n(ends.begin(), shard_count, next.begin());
  by_shard.resize(wanted.size());
  for (const Wanted& one : wanted) by_shard[next[one.hash >> (64 - shard_bits)]++] = one;

  for (std::size_t s = 0; s < shard_count; ++s) {
    const std::span<const Wanted> here = std::span(by_shard).subspan(ends[s], ends[s + 1] - ends[s]);
    if (here.empty()) continue;
    Shard& shard = shards_[s];
    const std::lock_guard locked(shard.lock);
    const std::size_t most = shard.used + here.size();
    if (most * 10 > shard.slots.size() * 7) grow(shard, std::max(first_capacity, std::bit_ceil(most * 10 / 7 + 1)));
    const std::size_t mask = shard.slots.size() - 1;
    constexpr std::size_t ahead = 24;
    for (std::size_t i = 0; i < std::min(ahead, here.size()); ++i)
      __builtin_prefetch(&shard.slots[(here[i].hash >> 8) & mask]);
    for (std::size_t i = 0; i < here.size(); ++i) {
      if (i + ahead < here.size()) __builtin_prefetch(&shard.slots[(here[i + ahead].hash >> 8) & mask]);
      numbers[here[i].index] = find_or_add(shard, all[here[i].index], here[i].hash, keys);
    }
  }
  if (!recent.empty()) keep_recent(all, wanted, numbers, recent);
}

std::optional<std::uint32_t> TextTable::find(std::string_view text) const {
  TextKeys keys;
  keys.push_back(text);
  const TextKey& key = keys.keys().front();
  const std::uint64_t code = hash(key, keys);
  const Shard& shard = shards_[code >> (64 - shard_bits)];
  if (shard.slots.size() == 0) return std::nullopt;
  const Slot& slot = shard.slots[place_of(shard, key, code, keys)];
  return slot.number == 0 ? std::nullopt : std::optional(slot.number - 1);
}

std::size_t TextTable::byte_count() const {
  std::size_t bytes = (std::size_t{1} << recent_bits) * sizeof(Slot) * recent_.size();
  for (std::size_t s = 0; s < std::size_t{1} << shard_bits; ++s)
    bytes += shards_[s].slots.size() * sizeof(Slot) + shards_[s].long_texts.capacity();
  return bytes;
}

std::vector<std::string_view> TextTable::packed() const {
  std::vector<std::string_view> texts(size());
  tbb::parallel_for(std::size_t{0}, std::size_t{1} << shard_bits, [&](std::size_t s) {
    for (const Slot& slot : shards_[s].slots.span())
      if (slot.number != 0) texts[slot.number - 1] = packed(shards_[s], slot.key);
  });
  return texts;
}

}  // namespace ringscan
