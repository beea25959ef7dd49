#include "store/errors.h"

namespace everbit::store {

Error make_error(std::string_view code, std::string message, std::string field) {
  return Error(std::string(code), std::move(message), std::move(field));
}

}  // namespace everbit::store
