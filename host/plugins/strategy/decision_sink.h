#pragma once

#include <string>
#include <vector>

#include "plugins/manifest.h"
#include "plugins/strategy/decision.h"

namespace everbit::plugins {

// The host's ear for one candle_close: copies the decision, refuses what no host could act on.
// Stays where it was made, because the plugin holds its address. One thread.
class DecisionSink {
 public:
  DecisionSink(const Manifest& manifest, bool wants_values);
  DecisionSink(const DecisionSink&) = delete;
  DecisionSink& operator=(const DecisionSink&) = delete;

  // Before each call; `out` is overwritten.
  void listen(Decision& out);
  const eb_decision_sink* get() const { return &sink_; }

  int decisions() const { return decisions_; }
  // Why the plugin's decision was refused; empty if it was not.
  const std::string& fault() const { return fault_; }

 private:
  static eb_status decide(void* ctx, const eb_decision* decision);
  static eb_status values(void* ctx, const eb_number* numbers, std::uint32_t n);
  static eb_status gates(void* ctx, const eb_gate* gates, std::uint32_t n);
  bool take(const eb_decision& from);
  bool take_reasons(const std::int32_t* numbers, std::uint32_t n, std::vector<std::int32_t>& out);
  bool take_plan(const eb_plan& from);
  bool take_levels(const eb_exit_levels& from);
  bool take_order(const eb_decision& from);
  bool refuse(const char* why);

  bool names(std::int32_t reason) const;

  std::vector<std::int32_t> reasons_;  // of the manifest, in order
  eb_decision older_;                  // a smaller one, in our layout
  eb_decision_sink sink_;
  Decision* out_ = nullptr;
  int decisions_ = 0;
  std::string fault_;
};

}  // namespace everbit::plugins
