// How the cases of all exporters are read, and compared with the payments that they hold.
#pragma once
#include "exporter_cases.hpp"
#include "files.hpp"
#include "other_exporter_cases.hpp"
#include "read/payment.hpp"

namespace ringscan::testing {

inline std::vector<ExporterCase> exporter_cases() {
  std::vector<ExporterCase> all = ethereum_and_coin_cases();
  for (ExporterCase& exporter : other_cases()) all.push_back(std::move(exporter));
  return all;
}

inline ReadOptions options_of(const ExporterCase& exporter, const TemporaryDirectory& folder) {
  ReadOptions options;
  options.max_bad_rows = 1;
  if (exporter.how == "block") options.time_axis = TimeAxis::block;
  if (exporter.how == "step") options.time_axis = TimeAxis::step;
  if (exporter.how == "blocks") options.blocks = folder.write("blocks.csv", "number,timestamp\n7,1000\n");
  return options;
}

inline std::string expected_rows(const ExporterCase& exporter) {
  std::string text;
  for (const std::string& payment : exporter.payments) text += spelled_out(payment) + '\n';
  return text;
}

inline DropCounts expected_drops(const ExporterCase& exporter) {
  DropCounts all{};
  for (const auto& [reason, count] : exporter.dropped) all[std::size_t(reason)] = std::uint64_t(count);
  return all;
}

inline std::string text_of(const Payment& payment) {
  return std::to_string(payment.time) + ' ' + std::string(payment.from) + ' ' + std::string(payment.to) + ' ' +
         std::string(payment.asset) + ' ' + to_string(payment.amount) + ' ' + std::string(payment.id) + '\n';
}

// The file of an exporter holds the payments of its case.
inline void expect_payments(const ExporterCase& exporter, const std::string& path, const TemporaryDirectory& folder) {
  ReadReport report;
  const Ledger ledger = read_ledger({path}, options_of(exporter, folder), report, {});
  const LedgerView view = ledger.view();
  std::string text;
  for (Row row = 0; row < view.size(); ++row) {
    const std::string from = ledger.accounts.at(to_index(view.sender(row))), id = ledger.transaction_id(row);
    const std::string to = ledger.accounts.at(to_index(view.receiver(row)));
    const std::string asset = ledger.assets.at(to_index(view.asset(row)));
    Payment payment;
    payment.time = view.time_at(row);
    payment.from = from, payment.to = to, payment.asset = asset, payment.id = id;
    payment.amount = view.amount_at(row);
    text += text_of(payment);
  }
  EXPECT_EQ(text, expected_rows(exporter));
  EXPECT_EQ(ledger.dropped, expected_drops(exporter));
}

}  // namespace ringscan::testing
