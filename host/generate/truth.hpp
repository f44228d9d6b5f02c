// What was planted, as JSON (schema ringscan.truth/1), for tests and for measuring what a scan finds.
//
//   {"schema": "ringscan.truth/1", "seed": 1, "models": ["advanced"],
//    "farms": [{"model": "advanced", "merchants": ["0x.."], "delegations": ["0x.."], "workers": ["0x.."],
//               "steps": [{"task": 0, "step": "purchase", "time": 1704070000, "from": "0x..", "to": "0x..",
//                          "tx": "0x..", "amount": "12000000000000000"}]}],
//    "honest_customers": ["0x.."]}
//
// For the basic model `workers` are the merchants' own accounts. Steps stand by task, those of a task in ascending time
// (strictly); tx and amount (wei) are null for steps that carry no money. Several tasks may share one funding of their
// delegation. The honest customers are those of the farms' merchants.
// With a difficulty there are also, after "seed", "difficulty": "hard"; in each farm, before its steps, "traits" (the
// fields of FarmTraits); and, at the end, "actors", who is who in the stories of the background, so that a false alarm
// has a name: {"account": "0x..", "story": "airdrops", "instance": 12, "role": "payer"}. Steps are payments only then.
// A task has several steps of reward (basic model: fund) if it is paid in parts, none if it is unpaid, and shares one
// with other tasks if one payment rewards several. There are no honest_customers: people buy at farms as everywhere.
#pragma once
#include "generate/generate.hpp"
#include "io/output.hpp"

namespace ringscan {

void write_truth(const GeneratedLedger& ledger, Sink& sink);

}  // namespace ringscan
