// detect/scan's check_request: questions that mean nothing are refused with a sentence that says why, their neighbours
// that mean something are not.
#include <gtest/gtest.h>

#include "detect/scan.hpp"
#include "tests/requests.hpp"
#include "tests/support.hpp"

namespace ringscan {
namespace {

using testing::asking;
using testing::backend_cases;
using testing::make_ledger;
using testing::of_model;
using testing::of_rule;
using testing::with_share;

// What check_request says, or "" if it accepts.
std::string objection(const ScanRequest& request) {
  try {
    check_request(request);
    return "";
  } catch (const UsageError& error) {
    return error.what();
  }
}

TEST(CheckRequest, refuses_what_means_nothing_with_a_sentence) {
  const auto says = [](const ScanRequest& request, std::string_view part) {
    EXPECT_NE(objection(request).find(part), std::string::npos) << '"' << objection(request) << "\" lacks " << part;
  };
  ScanRequest time = of_rule(asking({"a", "b"}), RuleName::time);
  says(time, "--between T1,T2");
  time.merchants[0].interval = Interval{1, 2};
  says(time, "b has none");
  time.merchants[1].interval = Interval{1, 2};
  EXPECT_EQ(objection(time), "") << "every merchant has its own";
  time.merchants[1].interval = {};
  time.between = Interval{1, 2};
  EXPECT_EQ(objection(time), "");
  says(of_model(time, Model::any), "takes no --model");
  ScanRequest narrowed = time;
  narrowed.within = 3;
  says(narrowed, "takes no --model, --within or --max-gain");
  narrowed = time;
  narrowed.max_gain = parse_decimal("1");
  says(narrowed, "takes no --model, --within or --max-gain");
  EXPECT_EQ(objection(with_share(time, "0.5")), "") << "a share may be added to any rule";

  says(of_rule(asking({"a"}), RuleName::share), "--min-share P");
  says(with_share(asking({"a"}), "1.000000000000000000000000000001"), "from 0 to 1");
  EXPECT_EQ(objection(with_share(asking({"a"}), "1.0")), "");
  EXPECT_EQ(objection(with_share(asking({"a"}), "0")), "");

  ScanRequest basic = of_model(asking({"a"}), Model::basic);
  EXPECT_EQ(objection(basic), "");
  basic.max_gain = parse_decimal("0.5");
  says(basic, "no --max-gain");

  says(asking({"a", "b"}, 0), "from 1 to the number of merchants, which is 2");
  says(asking({"a", "b"}, 3), "which is 2");
  EXPECT_EQ(objection(asking({"a", "b"}, 2)), "");
  EXPECT_THROW(scan(*backend_cases().front().make(), make_ledger({}), asking({"a"}, 2)), UsageError) << "scan asks too";

  ScanRequest all;
  all.all_merchants = true;
  EXPECT_EQ(objection(all), "");
  says(of_rule(all, RuleName::time), "--between T1,T2");
  EXPECT_THROW(count_all(*backend_cases().front().make(), make_ledger({}), of_rule(all, RuleName::time)), UsageError);
}

}  // namespace
}  // namespace ringscan
