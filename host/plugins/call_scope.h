#pragma once

#include <string>
#include <string_view>

#include "everbit/status.h"

namespace everbit::plugins {

class Instance;

// The call into a plugin that this thread is in; set_error leaves its text here. Scopes nest.
class CallScope {
 public:
  CallScope(const Instance* instance, std::string_view callback);
  ~CallScope();
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;

  // The innermost scope of this instance on this thread, or null.
  static CallScope* current(const Instance* instance);
  // Of any instance; fit for a signal handler.
  static const CallScope* innermost();

  const Instance* instance() const { return instance_; }
  std::string_view callback() const { return callback_; }
  // The last one before the return counts; at most 4,096 bytes are kept.
  void set_error(eb_status code, std::string_view text);
  std::string take_text() { return std::move(text_); }

 private:
  const Instance* instance_;
  std::string_view callback_;
  CallScope* outer_;
  std::string text_;
};

}  // namespace everbit::plugins
