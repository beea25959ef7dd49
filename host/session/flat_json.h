#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace everbit::session {

// A JSON object of texts and whole numbers, as the headers and claims of tokens are.
class FlatJson {
 public:
  // Empty: no such object, or a name stands there twice.
  static std::optional<FlatJson> parse(std::string_view text);

  std::size_t size() const { return members_.size(); }
  // Nothing for a member that is absent or of another type.
  std::optional<std::string_view> text(std::string_view name) const;
  std::optional<std::int64_t> number(std::string_view name) const;

 private:
  struct Member {
    std::string name;
    std::optional<std::string> text;
    std::int64_t number = 0;
  };
  const Member* find(std::string_view name) const;

  std::vector<Member> members_;
};

}  // namespace everbit::session
