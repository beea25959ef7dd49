// A consumer in a process of its own: PLUGIN DSN STREAM GROUP LEASE_MS. Prints "got SEQ ATTEMPT"
// for each event, then reads "done" or "wait" from standard input, and prints what became of a
// "done".
#include <cstdlib>
#include <iostream>

#include "conformance/bus/under_test.h"

int main(int argc, char** argv) {
  using namespace everbit;
  if (argc != 6) return 2;
  conformance::OpenBus bus(argv[1], argv[2], "worker");
  events::SubscribeOptions options;
  options.stream = argv[3];
  options.group = argv[4];
  options.lease = std::chrono::milliseconds(std::atoi(argv[5]));
  options.prefetch = 1;
  auto subscription = bus->subscribe(options);
  if (!subscription) return 3;
  for (;;) {
    std::vector<events::Delivery> got;
    (void)subscription->fetch(1, std::chrono::seconds(1),
                              [&](events::Delivery&& item) { got.push_back(std::move(item)); });
    for (const auto& delivery : got) {
      std::cout << "got " << delivery.seq << ' ' << delivery.attempt << std::endl;
      std::string order;
      if (!std::getline(std::cin, order)) return 0;
      if (order != "done") continue;
      events::Settlement settlement{&delivery, events::Outcome::kDone, {}, {}, {}};
      (void)subscription->settle(nullptr, std::span(&settlement, 1));
      std::cout << (settlement.result == events::SettleResult::kSettled     ? "settled"
                    : settlement.result == events::SettleResult::kLostLease ? "lost"
                                                                            : "failed")
                << std::endl;
    }
  }
}
