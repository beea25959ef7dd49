#include "config/toml_guard.h"

#include <cstddef>
#include <string>
#include <utility>

#include "base/utf8.h"

namespace everbit::config {
namespace {

constexpr std::size_t kMaxBytes = 256UL * 1024;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr int kMaxBrackets = 32;
constexpr int kMaxDots = 32;

// Walks over the text once, as far as TOML's strings and comments need it.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  std::optional<Error> find_fault() {
    if (starts(kByteOrderMark)) at_ = kByteOrderMark.size();
    while (at_ < text_.size()) {
      const std::size_t length = utf8_length(text_, at_);
      if (length == 0) return refuse("not UTF-8");
      if (length > 1 && is_bare())
        return refuse("only text in quotes and comments need not be ASCII");
      if (is_misplaced_quote()) return refuse("a quote where no text may begin");
      take();
      if (brackets_ > kMaxBrackets) return refuse("lists or tables are nested too deeply");
      if (dots_ > kMaxDots) return refuse("a key has too many parts");
    }
    return std::nullopt;
  }

 private:
  bool is_bare() const { return is_escaped_ || (quote_.empty() && !is_comment_); }
  // toml++ reads on over a value's end in search of its kind, so a quote inside of one opens no
  // text for it, and what follows would be bare.
  bool is_misplaced_quote() const {
    if (!quote_.empty() || is_comment_ || !(starts("'") || starts("\""))) return false;
    if (before_ == '.') return is_value_;
    return std::string_view("\n=,[{").find(before_) == std::string_view::npos;
  }
  bool starts(std::string_view what) const { return text_.substr(at_).starts_with(what); }

  void take() {
    const char c = text_[at_];
    if (c == '\n') ++line_;
    if (!quote_.empty()) {
      take_quoted(c);
    } else if (is_comment_) {
      if (c == '\n') return take_bare(c);
      pass();
    } else {
      take_bare(c);
    }
  }

  void take_quoted(char c) {
    if (starts(quote_)) {
      at_ += quote_.size();
      // A long string may end in one or two quotes of its own.
      for (int n = 0; n < 2 && quote_.size() == 3 && starts(quote_.substr(0, 1)); ++n) ++at_;
      quote_ = {};
      return;
    }
    if (quote_.size() == 1 && c == '\n') quote_ = {};
    is_escaped_ = c == '\\' && quote_.starts_with('"');
    pass();
    if (is_escaped_ && (starts("\"") || starts("\\"))) {
      is_escaped_ = false;
      pass();
    }
  }

  void take_bare(char c) {
    for (const std::string_view quote : {R"(""")", "'''", "\"", "'"}) {
      if (!starts(quote)) continue;
      quote_ = quote;
      at_ += quote.size();
      before_ = '"';
      return;
    }
    if (c != ' ' && c != '\t' && c != '\r') before_ = c;
    is_value_ = c == '=' || (is_value_ && (c != '\n' || brackets_ > 0));
    is_comment_ = c == '#';
    if (c == '[' || c == '{') ++brackets_;
    if (c == ']' || c == '}') --brackets_;
    if (c == '.') ++dots_;
    if (c == '=' || c == ',' || c == '\n' || c == '{' || c == '[') dots_ = 0;
    pass();
  }

  void pass() { at_ += utf8_length(text_, at_); }

  Error refuse(std::string why) const {
    return Error("TOML_SYNTAX", std::move(why), std::to_string(line_));
  }

  const std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  std::string_view quote_;  // of the string we are in
  bool is_comment_ = false;
  bool is_value_ = false;    // behind the first = of a line, or of a list or table over several
  char before_ = '\n';       // the last character that was neither space nor inside of a text
  bool is_escaped_ = false;  // behind a backslash
  int brackets_ = 0;
  int dots_ = 0;
};

}  // namespace

std::optional<Error> find_toml_fault(std::string_view text) {
  if (text.size() > kMaxBytes) {
    return Error("TOML_SYNTAX", "larger than " + std::to_string(kMaxBytes) + " bytes", "1");
  }
  return Walk(text).find_fault();
}

}  // namespace everbit::config
