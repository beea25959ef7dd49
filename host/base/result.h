#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <stdexcept>

#include "base/error.h"

namespace everbit {

// A value or an Error; the return type at module edges. Test it (`if (!result)`), then read
// `*result` or `result.error()`. `value()` on an error throws ResultError: use it only where an
// error would be a broken assumption.
template <class T>
using Result = boost::system::result<T, Error>;

// Thrown by Result::value() when it holds an error.
class ResultError : public std::runtime_error {
 public:
  explicit ResultError(const Error& error) : std::runtime_error(to_string(error)), error_(error) {}
  const Error& error() const { return error_; }

 private:
  Error error_;
};

// Found by Boost through argument-dependent lookup.
[[noreturn]] inline void throw_exception_from_error(const Error& error,
                                                    const boost::source_location&) {
  throw ResultError(error);
}

}  // namespace everbit
