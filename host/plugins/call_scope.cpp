#include "plugins/call_scope.h"

#include "base/log_redaction.h"

namespace everbit::plugins {

namespace {

constexpr std::size_t kMaxText = 4096;
thread_local CallScope* innermost_scope = nullptr;

}  // namespace

CallScope::CallScope(const Instance* instance, std::string_view callback)
    : instance_(instance), callback_(callback), outer_(innermost_scope) {
  innermost_scope = this;
}

CallScope::~CallScope() { innermost_scope = outer_; }

const CallScope* CallScope::innermost() { return innermost_scope; }

CallScope* CallScope::current(const Instance* instance) {
  for (CallScope* scope = innermost_scope; scope != nullptr; scope = scope->outer_) {
    if (scope->instance_ == instance) return scope;
  }
  return nullptr;
}

void CallScope::set_error(eb_status, std::string_view text) {
  text_ = redact(text.substr(0, kMaxText));
}

}  // namespace everbit::plugins
