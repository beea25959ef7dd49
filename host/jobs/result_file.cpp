#include "jobs/result_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

namespace everbit::jobs {
namespace {

constexpr std::array<std::string_view, 8> kNames{
    "request", "data", "metrics", "signals", "trades", "refusedEntries", "decisions", "equity"};
constexpr std::array kMembers{&RunRow::request,   &RunRow::data,   &RunRow::metrics,
                              &RunRow::signals,   &RunRow::trades, &RunRow::refused_entries,
                              &RunRow::decisions, &RunRow::equity};
constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kMostKey = 64;
constexpr int kEnd = -1;

Error broken(std::string_view what) { return {"RESULT", "unreadable: " + std::string(what)}; }

bool is_space(int c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

}  // namespace

// Walks over the text once, a chunk at a time, and knows no more of JSON than where a value ends.
class ResultFile::Scanner {
 public:
  explicit Scanner(int fd) : fd_(fd) {}

  // {"key":value,...}: `member` walks over each value and says whether it was good.
  template <class Member>
  bool object(Member member) {
    if (!take('{')) return false;
    if (take('}')) return true;
    do {
      std::string key;
      if (!read_key(key) || !take(':') || !member(key)) return false;
    } while (take(','));
    return take('}');
  }

  template <class Element>
  bool array(Element element) {
    if (!take('[')) return false;
    if (take(']')) return true;
    do {
      if (!element()) return false;
    } while (take(','));
    return take(']');
  }

  // A whole value: brackets and quotes are paired, the rest may be anything.
  bool value(Span& span) {
    skip_space();
    span.from = at_;
    std::size_t depth = 0;
    do {
      const int c = peek();
      if (c == kEnd) return false;
      if (c == '"') {
        if (!skip_text()) return false;
        continue;
      }
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      step();
    } while (depth > 0 || !ends_here(span.from));
    span.to = at_;
    return true;
  }

  bool at_end() {
    skip_space();
    return peek() == kEnd;
  }

 private:
  // Outside all brackets: after a bracket or a quote, or before what follows a plain word.
  bool ends_here(std::uint64_t from) {
    if (last_ == '}' || last_ == ']' || last_ == '"') return true;
    const int c = peek();
    return at_ > from && (c == kEnd || c == ',' || c == '}' || c == ']' || is_space(c));
  }

  bool read_key(std::string& key) {
    skip_space();
    if (peek() != '"') return false;
    for (step(); peek() != '"'; step()) {
      if (peek() == kEnd || peek() == '\\' || key.size() == kMostKey) return false;
      key += static_cast<char>(peek());
    }
    step();
    return true;
  }

  bool skip_text() {
    for (step(); peek() != '"'; step()) {
      if (peek() == '\\') step();
      if (peek() == kEnd) return false;
    }
    step();
    return true;
  }

  bool take(char expected) {
    skip_space();
    if (peek() != expected) return false;
    step();
    return true;
  }

  void skip_space() {
    while (is_space(peek())) step();
  }

  int peek() {
    if (next_ == have_ && !fill()) return kEnd;
    return static_cast<unsigned char>(chunk_[next_]);
  }

  void step() {
    if (peek() == kEnd) return;
    last_ = chunk_[next_++];
    ++at_;
  }

  bool fill() {
    ssize_t got = 0;
    do {
      got = ::pread(fd_, chunk_.data(), chunk_.size(), static_cast<off_t>(at_));
    } while (got < 0 && errno == EINTR);
    next_ = 0;
    have_ = got > 0 ? static_cast<std::size_t>(got) : 0;
    return have_ > 0;
  }

  const int fd_;
  std::array<char, kChunk> chunk_;
  std::size_t next_ = 0;
  std::size_t have_ = 0;
  std::uint64_t at_ = 0;
  char last_ = 0;
};

Result<ResultFile> ResultFile::open(const std::filesystem::path& path, const Limits& limits) {
  ResultFile file;
  file.file_ = plugins::UniqueFd(
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY));
  struct stat info {};
  if (!file.file_ || ::fstat(file.file_.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    return broken("no file");
  }
  if (static_cast<std::uint64_t>(info.st_size) > limits.file) return broken("too large");

  Scanner scan(file.file_.get());
  const auto keep = [&](const std::string& key, Parts& parts) {
    Span span;
    if (!scan.value(span)) return false;
    const auto known = std::ranges::find(kNames, key);
    if (known != kNames.end()) {
      parts[static_cast<std::size_t>(known - kNames.begin())] = span;
    }
    return true;
  };
  Parts whole{};
  bool several = false;
  const bool read = scan.object([&](const std::string& key) {
    if (key != "runs") return keep(key, whole);
    several = true;
    return scan.array([&] {
      Parts parts{};
      const bool good = scan.object([&](const std::string& of_run) { return keep(of_run, parts); });
      file.runs_.push_back(parts);
      return good && file.runs_.size() <= limits.runs;
    });
  });
  if (!read || !scan.at_end()) return broken("no object");
  if (!several) file.runs_.push_back(whole);
  if (file.runs_.empty()) return broken("no run");
  for (const Parts& parts : file.runs_) {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].to == parts[i].from) return broken(kNames[i]);
      bytes += parts[i].to - parts[i].from;
    }
    if (bytes > limits.run) return broken("a run that is too large");
  }
  return file;
}

Result<std::string> ResultFile::text(Span span) const {
  std::string text(span.to - span.from, '\0');
  for (std::size_t have = 0; have < text.size();) {
    const ssize_t got = ::pread(file_.get(), text.data() + have, text.size() - have,
                                static_cast<off_t>(span.from + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return broken("it became shorter");
    have += static_cast<std::size_t>(got);
  }
  return text;
}

Result<RunRow> ResultFile::read(std::size_t run) const {
  RunRow row;
  for (std::size_t i = 0; i < kMembers.size(); ++i) {
    auto part = text(runs_[run][i]);
    if (!part) return part.error();
    row.*kMembers[i] = std::move(*part);
  }
  return row;
}

}  // namespace everbit::jobs
