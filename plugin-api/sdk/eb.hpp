#pragma once

#include <exception>
#include <initializer_list>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "everbit/host.h"

// The basics of a plugin in C++20: strings, failures, the host, and the guard that every function
// of a vtable runs in.
namespace eb {

inline std::string_view view(eb_str text) {
  return text.ptr == nullptr ? std::string_view{} : std::string_view{text.ptr, text.len};
}

inline eb_str str(std::string_view text) { return {text.data(), text.size()}; }

// What a plugin throws to make the running ABI call fail with this status and this text.
class Failure : public std::exception {
 public:
  Failure(eb_status status, std::string text) : status_(status), text_(std::move(text)) {}
  eb_status status() const { return status_; }
  const std::string& text() const { return text_; }
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  eb_status status_;
  std::string text_;
};

// Throws unless a function of the host or of a sink succeeded.
inline void check(eb_status status, std::string_view what) {
  if (status != EB_OK) throw Failure(status, std::string(what));
}

// The host as an instance sees it. Borrowed: valid from create until destroy returns. Any thread.
class Host {
 public:
  explicit Host(const eb_host* host) : host_(host) {}

  const eb_host* raw() const { return host_; }
  eb_ts now() const { return host_->now(host_->ctx_host); }

  // Null if the host has no such extension or has not granted it.
  template <class Extension>
  const Extension* find(std::string_view id) const {
    return static_cast<const Extension*>(host_->get_extension(host_->ctx_host, str(id)));
  }
  template <class Extension>
  const Extension* require(std::string_view id) const {
    const auto* extension = find<Extension>(id);
    if (extension == nullptr) {
      throw Failure(EB_ERR_UNSUPPORTED, "the host does not grant " + std::string(id));
    }
    return extension;
  }

  bool log_enabled(std::int32_t level) const {
    return host_->log_enabled(host_->ctx_host, level) != 0;
  }
  // The bytes of event and fields are copied by the host.
  void log(std::int32_t level, std::string_view event,
           std::initializer_list<std::pair<std::string_view, std::string_view>> fields = {}) const {
    if (!log_enabled(level)) return;
    eb_field copied[16];
    std::uint32_t n = 0;
    for (const auto& [key, value] : fields) {
      if (n == 16) break;
      copied[n++] = {str(key), str(value)};
    }
    host_->log(host_->ctx_host, level, str(event), copied, n);
  }

 private:
  const eb_host* host_;
};

namespace detail {

inline void tell(const eb_host* host, eb_status status, std::string_view text) noexcept {
  if (host != nullptr && host->set_error != nullptr) {
    host->set_error(host->ctx_host, status, str(text));
  }
}

}  // namespace detail

// Runs the body of an ABI function: nothing that it throws crosses the boundary. The body returns
// nothing, or an eb_status.
template <class Body>
eb_status guard(const eb_host* host, Body&& body) noexcept {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      body();
      return EB_OK;
    } else {
      return body();
    }
  } catch (const Failure& failure) {
    detail::tell(host, failure.status(), failure.text());
    return failure.status() < 0 ? failure.status() : EB_ERR_INTERNAL;
  } catch (const std::bad_alloc&) {
    detail::tell(host, EB_ERR_NO_MEMORY, "out of memory");
    return EB_ERR_NO_MEMORY;
  } catch (const std::exception& error) {
    detail::tell(host, EB_ERR_EXCEPTION, error.what());
    return EB_ERR_EXCEPTION;
  } catch (...) {
    detail::tell(host, EB_ERR_EXCEPTION, "an exception of an unknown type");
    return EB_ERR_EXCEPTION;
  }
}

}  // namespace eb
