#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/timestamp.h"
#include "everbit/ext/exchange_local.h"
#include "everbit/ext/state.h"
#include "plugins/exchange/exchange_types.h"
#include "plugins/instance.h"

namespace everbit::plugins {

// A request for the account, as ExchangeCodec::encode made it.
struct LocalRequest {
  std::string method;
  std::string target;
  std::vector<Field> headers;
  std::string body;
};

struct LocalAnswer {
  int status = 0;
  std::vector<Field> headers;  // names in lower case
  std::string body;
};

// What one call made of the exchange. Nobody may see it before the state is stored, if it changed.
struct LocalOutcome {
  std::optional<LocalAnswer> answer;  // of serve()
  std::vector<std::string> frames;    // of the private channel, in order
  bool changed = false;
};

// A saved state, and who wrote it.
struct LocalState {
  std::string schema;
  std::uint32_t version = 0;
  std::string blob;
};

// An exchange that is inside its plugin (eb.exchange.local/1). Each call runs on the instance's
// strand while its caller waits: for a worker thread, one at a time. A call that fails in a way
// that is not the frame's fault leaves the exchange in doubt: what is stored is the truth then, and
// only a new process reads it.
//
// Codes: LOCAL_EXCHANGE, or the status' name with the plugin's text; LOCAL_FRAME, a broken frame,
// which changed nothing.
class LocalExchange {
 public:
  // The plugin has both extensions; the instance is not started.
  LocalExchange(std::shared_ptr<Instance> instance, const eb_exchange_local_v1& table,
                const eb_state_v1& state)
      : instance_(std::move(instance)), table_(table), state_(state) {}

  // Takes the state, none for a fresh account, and starts. Once.
  Result<void> open(const std::optional<LocalState>& stored);

  Result<LocalOutcome> serve(const LocalRequest& request, Timestamp now);
  Result<LocalOutcome> observe(std::string_view frame, Timestamp now);
  // Frames of the public channel were missed.
  Result<void> missed();
  Result<LocalState> save();

  std::uint32_t streams() const { return table_.streams; }
  const Manifest& manifest() const { return instance_->manifest(); }

 private:
  Result<void> on_strand(const std::function<Result<void>()>& work) const;

  std::shared_ptr<Instance> instance_;
  const eb_exchange_local_v1& table_;
  const eb_state_v1& state_;
};

}  // namespace everbit::plugins
