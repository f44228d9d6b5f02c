#include "read/utxo.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "read/fields.hpp"

namespace ringscan {
namespace {

using Where = CoinTransaction::Problem::Where;

bool is_nonstandard(std::string_view account) { return account.starts_with("nonstandard"); }

// A number as it is written, or the text of a string.
std::string_view number_text(simdjson::ondemand::value value) {
  if (value.type() == simdjson::ondemand::json_type::string) return value.get_string();
  std::string_view token = value.raw_json_token();
  while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ') token.remove_suffix(1);
  return token;
}

// What an object of an array of inputs or outputs says. Throws simdjson_error.
struct RawCoin {
  std::vector<std::string_view> addresses;
  std::string_view value;
  bool has_type = false, is_of_another_exporter = false;

  void read(simdjson::ondemand::object object, std::string_view address_key) {
    *this = {.addresses = std::move(addresses), .value = {}};
    addresses.clear();
    bool has_own_key = false, has_other_key = false;
    for (simdjson::ondemand::field field : object) {
      const std::string_view key = field.unescaped_key();
      simdjson::ondemand::value content = field.value();
      const bool is_addresses = key == "addresses" || key == "address";
      if (is_addresses) (key == address_key ? has_own_key : has_other_key) = true;
      if (!is_addresses && key != "value" && key != "type") continue;
      if (content.is_null()) continue;
      if (is_addresses) add_addresses(content);
      if (key == "value") value = number_text(content);
      if (key == "type") has_type = true;
    }
    is_of_another_exporter = has_other_key && !has_own_key;
  }

 private:
  void add_addresses(simdjson::ondemand::value content) {
    const auto add = [this](std::string_view address) {
      if (!trimmed(address).empty()) addresses.push_back(trimmed(address));
    };
    if (content.type() != simdjson::ondemand::json_type::array) return add(content.get_string());
    for (std::string_view address : content.get_array()) add(address);
  }
};

}  // namespace

struct CoinTransaction::Coin {
  std::string_view account;
  Amount amount;
  bool is_enriched = false;  // of an input: something of the output that it spends is known
};

// A parser's texts last until it reads the next document, so that inputs and outputs have one each.
struct CoinTransaction::Parsers {
  struct Document {
    simdjson::ondemand::parser parser;
    std::vector<char> bytes;  // with the padding that the parser asks for
  };
  Document inputs, outputs;
};

CoinTransaction::CoinTransaction(UtxoModel model, std::string_view address_key, unsigned places, bool is_rounded)
    : model_(model),
      address_key_(address_key),
      places_(places),
      is_rounded_(is_rounded),
      parsers_(std::make_unique<Parsers>()) {}
CoinTransaction::~CoinTransaction() = default;
CoinTransaction::CoinTransaction(CoinTransaction&&) noexcept = default;

std::string_view CoinTransaction::account_of(std::vector<std::string_view>& addresses) {
  if (addresses.empty()) return {};
  if (addresses.size() == 1) return addresses.front();
  std::ranges::sort(addresses);
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  std::string& name = joint_names_.emplace_back();
  for (const std::string_view address : addresses) name.append(name.empty() ? "" : "+").append(address);
  return name;
}

CoinTransaction::Problem CoinTransaction::read_coins(std::string_view json, bool are_inputs, std::vector<Coin>& coins) {
  const Where where = are_inputs ? Where::inputs : Where::outputs;
  Parsers::Document& document = are_inputs ? parsers_->inputs : parsers_->outputs;
  coins.clear();
  if (json.empty() || json == "null") return {};
  document.bytes.resize(std::max(document.bytes.size(), json.size() + simdjson::SIMDJSON_PADDING));
  std::memcpy(document.bytes.data(), json.data(), json.size());
  try {
    simdjson::ondemand::document parsed = document.parser.iterate(
        simdjson::padded_string_view(document.bytes.data(), json.size(), document.bytes.size()));
    RawCoin raw;
    for (simdjson::ondemand::object object : parsed.get_array()) {
      raw.read(object, address_key_);
      if (raw.is_of_another_exporter)
        return {where,
                address_key_ == "addresses"
                    ? "the coins have one address each and values in BTC, as in AWS's public data: give --schema aws"
                    : "the coins have lists of addresses and values in satoshi: give --schema bitcoin-etl",
                true};
      Coin& coin = coins.emplace_back();
      coin.is_enriched = raw.has_type || !raw.value.empty() || !raw.addresses.empty();
      for (const std::string_view address : raw.addresses)
        if (has_control_character(address))
          return {where, fmt::format("{} is not an account: it has control characters", shown(address))};
      coin.account = account_of(raw.addresses);
      if (are_inputs) continue;  // what they are worth is not asked for
      const std::string_view wrong = is_rounded_ ? parse_rounded_amount(raw.value, places_, coin.amount)
                                                 : parse_amount(raw.value, places_, coin.amount);
      if (!wrong.empty()) return {where, fmt::format("the value {} {}", shown(raw.value), wrong)};
    }
    if (parsed.current_location().error() == simdjson::SUCCESS) return {where, "text follows the array of coins"};
  } catch (const simdjson::simdjson_error&) {
    return {where, fmt::format("{} is not a JSON array of coins", shown(json))};
  }
  return {};
}

CoinTransaction::Problem CoinTransaction::read(std::string_view inputs, std::string_view outputs, bool is_coinbase) {
  joint_names_.clear();
  senders_.clear();
  spent_together_.clear();
  output_ = sender_ = 0;
  number_ = 0;
  outputs_.clear();  // so that a problem leaves no payments
  if (Problem problem = read_coins(inputs, true, inputs_); problem.where != Where::nowhere) return problem;
  if (is_coinbase) inputs_.clear();
  if (!inputs_.empty() && std::ranges::none_of(inputs_, &Coin::is_enriched))
    return {
        Where::inputs,
        "the inputs have no addresses, so nobody knows who pays: run `bitcoinetl enrich_transactions` on the export, "
        "or export from a service that has done so",
        true};
  Problem problem = read_coins(outputs, false, outputs_);
  if (problem.where == Where::nowhere && outputs_.empty()) problem = {Where::outputs, "the transaction has no outputs"};
  if (problem.where != Where::nowhere) {
    outputs_.clear();
    return problem;
  }

  for (const Coin& coin : inputs_)
    if (!coin.account.empty()) senders_.push_back(coin.account);
  std::ranges::sort(senders_);
  senders_.erase(std::unique(senders_.begin(), senders_.end()), senders_.end());
  if (model_ == UtxoModel::all_pairs) return {};
  std::ranges::copy_if(senders_, std::back_inserter(spent_together_),
                       [](std::string_view account) { return !is_nonstandard(account); });
  payer_ = !spent_together_.empty() ? spent_together_.front()
           : senders_.empty()       ? std::string_view{}
                                    : senders_.front();
  if (spent_together_.size() < 2) spent_together_.clear();
  return {};
}

bool CoinTransaction::is_sender(std::string_view account) const {
  return std::ranges::binary_search(senders_, account);
}

bool CoinTransaction::next(CoinPayment& payment) {
  if (output_ == outputs_.size()) return false;
  const Coin& coin = outputs_[output_];
  payment.to = coin.account;
  payment.amount = coin.amount;
  payment.number = number_++;
  const bool is_change = is_sender(coin.account);
  const bool each_pays = model_ == UtxoModel::all_pairs && !senders_.empty() && !is_change;
  if (is_change)
    payment.from = coin.account;
  else if (each_pays)
    payment.from = senders_[sender_];
  else
    payment.from = model_ == UtxoModel::entities ? payer_ : std::string_view{};
  if (!each_pays || ++sender_ == senders_.size()) ++output_, sender_ = 0;
  return true;
}

std::uint32_t Entities::root(std::uint32_t id) {
  while (parent_[id] != id) {
    parent_[id] = parent_[parent_[id]];
    id = parent_[id];
  }
  return id;
}

void Entities::grow(std::size_t count) {
  const std::size_t old = parent_.size();
  if (count <= old) return;
  parent_.resize(count);
  std::iota(parent_.begin() + std::ptrdiff_t(old), parent_.end(), std::uint32_t(old));
}

void Entities::join(std::uint32_t a, std::uint32_t b) {
  grow(std::size_t(std::max(a, b)) + 1);
  a = root(a), b = root(b);
  parent_[std::max(a, b)] = std::min(a, b);
}

void Entities::join(std::span<const std::uint32_t> spent_together) {
  for (const std::uint32_t id : spent_together) join(spent_together.front(), id);
}

}  // namespace ringscan
