// A zstd stream -> its content: any number of frames, with skippable ones between them, each checked against its
// checksum and its size where it tells them. Throws BadInput for a stream that is cut off or damaged, that other bytes
// follow, or that needs a dictionary or a window above 2 GiB. Memory is the largest window, as far as its frame fills
// it.
#pragma once
#include <memory>
#include <string_view>

#include "io/input.hpp"

namespace ringscan {

// True for the first bytes of a frame, skippable or not; 4 of them are enough.
bool begins_as_zstd(std::string_view bytes);

class UnzstdSource final : public ByteSource {
 public:
  explicit UnzstdSource(ByteSource& compressed);
  ~UnzstdSource() override;
  std::size_t read(std::span<char> room) override;
  const std::string& name() const override { return compressed_.name(); }

 private:
  struct State;        // libzstd's, and the compressed bytes at hand
  bool refill();       // after what is left; false at the end
  bool begin_frame();  // false at the end

  ByteSource& compressed_;
  std::unique_ptr<State> state_;
};

}  // namespace ringscan
