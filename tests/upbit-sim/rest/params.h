#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace everbit::upbit_sim {

// A request's parameters in the order they were sent: of the query string (decoded), or of a JSON
// body.
class Params {
 public:
  struct Item {
    std::string name;
    std::string value;
    std::string raw;  // before decoding
  };

  // nullopt: a broken percent escape.
  static std::optional<Params> of_query(std::string_view query);

  std::optional<std::string> get(std::string_view name) const;  // absent and empty: nullopt
  std::string_view raw(std::string_view name) const;
  std::vector<std::string> all(std::string_view name) const;   // of a repeated name
  std::vector<std::string> list(std::string_view name) const;  // comma separated
  bool has(std::string_view name) const;
  bool empty() const { return items_.empty(); }

 private:
  std::vector<Item> items_;
};

}  // namespace everbit::upbit_sim
