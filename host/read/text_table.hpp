// Packed texts (PackedTexts) -> dense numbers, for many threads at once: open addressing in shards, each with a lock of
// its own. Texts of up to 23 packed bytes stand in their slots, 32 bytes with the number; so a look-up is one line of
// cache, and telling two accounts apart needs no other. The hash is seeded at random, so that ground addresses cannot
// pile up, and identity is always the whole text.
//
// A few accounts are in most rows: each thread keeps the names that it was asked for last in a small table of its own,
// which its nearest caches hold, and only the others go to the slots.
//
// Numbers are given as texts come, so with several threads they are in no particular order.
#pragma once
#include <tbb/enumerable_thread_specific.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/pages.hpp"
#include "ledger/packed_texts.hpp"

namespace ringscan {

// A packed text where it is short: its length in the first byte, then its bytes, then zeros. A longer one stands
// elsewhere: 255 in the first byte, its length above that, then where it is.
struct TextKey {
  static constexpr std::size_t longest = 23;
  std::array<std::uint64_t, 3> words{};

  bool is_long() const { return (words[0] & 0xff) == 0xff; }
  // Of a short one; lasts as the key does.
  std::string_view text() const {
    const char* const bytes = reinterpret_cast<const char*>(this);
    return {bytes + 1, std::size_t(bytes[0])};
  }
  friend bool operator==(const TextKey& a, const TextKey& b) {  // by words: g++ calls memcmp for arrays
    return ((a.words[0] ^ b.words[0]) | (a.words[1] ^ b.words[1]) | (a.words[2] ^ b.words[2])) == 0;
  }
};

// Keys, and the texts of the long ones among them.
class TextKeys {
 public:
  void push_back(std::string_view packed);
  void push_back(const TextKey& short_key) { keys_.push_back(short_key); }
  void append(std::span<const TextKey> short_keys) { keys_.insert(keys_.end(), short_keys.begin(), short_keys.end()); }
  void swap(std::vector<TextKey>& short_keys) { std::swap(keys_, short_keys); }  // for others, where all are short
  void clear() { keys_.clear(), long_texts_.clear(); }
  std::size_t size() const { return keys_.size(); }
  std::span<const TextKey> keys() const { return keys_; }
  // `key` must live as long as the view.
  std::string_view packed(const TextKey& key) const;

 private:
  std::vector<TextKey> keys_;
  std::string long_texts_;
};

class TextTable {
 public:
  TextTable();
  // The number of each key; new texts get the next free ones. Throws Unavailable beyond 2^32 - 2 texts.
  void intern(const TextKeys& keys, std::span<std::uint32_t> numbers);

  // A number more, for a text that is kept elsewhere. Throws as intern() does.
  std::uint32_t number_elsewhere();

  // Not while texts are interned:
  std::size_t size() const { return next_.load(std::memory_order_relaxed); }
  std::size_t byte_count() const;  // of memory
  std::optional<std::uint32_t> find(std::string_view packed) const;
  // The texts by number; empty where one is kept elsewhere.
  std::vector<std::string_view> packed() const;

 private:
  struct Slot {
    TextKey key;           // where long: its hash, and where it is in the shard's texts
    std::uint32_t number;  // + 1; 0 is free
    std::uint32_t tag;     // half of the hash, which spares most comparisons of keys
  };
  static_assert(sizeof(Slot) == 32);
  struct alignas(64) Shard {
    std::mutex lock;
    PagedArray<Slot> slots;
    std::size_t used = 0;
    std::string long_texts;
  };
  static constexpr unsigned shard_bits = 5, recent_bits = 13;
  // Short keys that one thread has numbers of, by their hash: the last of each place.
  using Recent = std::vector<Slot>;
  // What a batch asks for that its thread does not have at hand.
  struct Wanted {
    std::uint64_t hash;
    std::uint32_t index;
  };

  static std::size_t place_of_recent(std::uint64_t hash);
  std::span<Wanted> look_up_recent(const TextKeys& keys, std::span<std::uint32_t> numbers, Recent& recent) const;
  void keep_recent(std::span<const TextKey> keys, std::span<const Wanted> found, std::span<const std::uint32_t> numbers,
                   Recent& recent) const;
  std::uint64_t hash(const TextKey& key, const TextKeys& keys) const;
  std::uint64_t hash_of_slot(const Slot& slot) const;
  std::string_view packed(const Shard& shard, const TextKey& key) const;
  bool is_same(const Shard& shard, const Slot& slot, const TextKey& key, const TextKeys& keys) const;
  std::uint32_t find_or_add(Shard& shard, const TextKey& key, std::uint64_t hash, const TextKeys& keys);
  // Where the key stands in a shard, or the free place where it would.
  std::size_t place_of(const Shard& shard, const TextKey& key, std::uint64_t hash, const TextKeys& keys) const;
  void grow(Shard& shard, std::size_t capacity);

  std::unique_ptr<Shard[]> shards_;
  tbb::enumerable_thread_specific<Recent> recent_;
  std::atomic<std::uint32_t> next_{0};
  std::uint64_t seed_;
};

}  // namespace ringscan
