#include <algorithm>
#include <functional>

#include "discover/candidates.hpp"

namespace ringscan::discover {
namespace {

// Links by one of their ends, those with the most accounts in common first.
class LinksOf {
 public:
  LinksOf(std::vector<Link> links, Node Link::*end) : links_(std::move(links)), end_(end) {
    std::ranges::sort(links_, {}, [&](const Link& link) {
      return std::tuple(link.*end_, -std::int64_t{link.common}, link.merchant, link.payer);
    });
  }
  std::span<const Link> of(Node node) const {
    const auto range = std::ranges::equal_range(links_, node, {}, [&](const Link& link) { return link.*end_; });
    return {range.begin(), range.end()};
  }
  std::span<const Link> all() const { return links_; }

 private:
  std::vector<Link> links_;
  Node Link::*end_;
};

void make_set(std::vector<Node>& nodes) {
  std::ranges::sort(nodes);
  nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
}

class Groups {
 public:
  Groups(std::vector<Link> links, const DiscoverOptions& options)
      : options_(options), by_payer_(links, &Link::payer), by_merchant_(std::move(links), &Link::merchant) {}

  std::vector<Candidate> make() {
    for (const Link& link : by_payer_.all())
      if (link.is_strong) add({link.merchant}, {link.payer});
    Node last = ~Node{0};
    for (const Link& link : by_payer_.all())
      if (std::exchange(last, link.payer) != link.payer) add(merchants_of({link.payer}), {link.payer});
    last = ~Node{0};
    for (const Link& link : by_merchant_.all()) {
      if (std::exchange(last, link.merchant) == link.merchant) continue;
      const std::vector<Node> payers = strong_payers_of({link.merchant});
      if (payers.empty()) continue;
      add({link.merchant}, payers);
      const std::vector<Node> merchants = merchants_of(payers);
      add(merchants, payers);
      add(merchants, strong_payers_of(merchants));
    }
    std::ranges::sort(candidates_);
    candidates_.erase(std::unique(candidates_.begin(), candidates_.end()), candidates_.end());
    return std::move(candidates_);
  }

 private:
  // At most half of a candidate's accounts are payers, so that there is room for merchants.
  std::vector<Node> strong_payers_of(const std::vector<Node>& merchants) const {
    std::vector<Node> payers;
    for (const Node merchant : merchants) {
      std::size_t room = options_.max_accounts / 2;
      for (const Link& link : by_merchant_.of(merchant))
        if (link.is_strong && room > 0) payers.push_back(link.payer), --room;
    }
    make_set(payers);
    if (payers.size() > options_.max_accounts / 2) payers.clear();
    return payers;
  }
  std::vector<Node> merchants_of(const std::vector<Node>& payers) const {
    std::vector<Link> links;
    for (const Node payer : payers) {
      const std::span<const Link> own = by_payer_.of(payer);
      links.insert(links.end(), own.begin(),
                   own.begin() + std::ptrdiff_t(std::min<std::size_t>(own.size(), options_.max_accounts)));
    }
    std::ranges::sort(links, {},
                      [](const Link& link) { return std::tuple(-std::int64_t{link.common}, link.merchant); });
    std::vector<Node> merchants;
    for (const Link& link : links) {
      if (merchants.size() + payers.size() >= options_.max_accounts) break;
      if (std::ranges::find(merchants, link.merchant) == merchants.end() &&
          !std::ranges::binary_search(payers, link.merchant))
        merchants.push_back(link.merchant);
    }
    make_set(merchants);
    return merchants;
  }
  void add(std::vector<Node> merchants, std::vector<Node> payers) {
    std::erase_if(merchants, [&](Node node) { return std::ranges::binary_search(payers, node); });
    Candidate candidate{std::move(merchants), std::move(payers)};
    if (!candidate.merchants.empty() && !candidate.payers.empty() && candidate.account_count() <= options_.max_accounts)
      candidates_.push_back(std::move(candidate));
  }

  const DiscoverOptions& options_;
  LinksOf by_payer_, by_merchant_;
  std::vector<Candidate> candidates_;
};

}  // namespace

std::vector<Candidate> linked_groups(std::vector<Link> links, const DiscoverOptions& options) {
  return Groups(std::move(links), options).make();
}

}  // namespace ringscan::discover
