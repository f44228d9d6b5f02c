// A gzip stream -> its content: any number of members, each checked against its checksum and length; zero bytes after
// the last member are padding. Throws BadInput for a stream that is cut off or damaged, or that other bytes follow.
#pragma once
#include <memory>

#include "io/input.hpp"

namespace ringscan {

class GunzipSource final : public ByteSource {
 public:
  explicit GunzipSource(ByteSource& compressed);
  ~GunzipSource() override;
  std::size_t read(std::span<char> room) override;
  const std::string& name() const override { return compressed_.name(); }

 private:
  struct State;  // ISA-L's, and the compressed bytes at hand
  bool refill();
  bool start_member();
  void skip_header();

  ByteSource& compressed_;
  std::unique_ptr<State> state_;
};

}  // namespace ringscan
