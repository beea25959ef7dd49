#include "plugins/black_box.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <optional>

#include "base/files.h"
#include "plugins/call_scope.h"
#include "plugins/instance.h"

namespace everbit::plugins {
namespace {

constexpr std::size_t kKept = 16;
constexpr std::size_t kMaxFile = std::size_t{64} * 1024;
constexpr std::size_t kShaLength = 64;
constexpr std::array kSignals{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

std::array<struct sigaction, kSignals.size()> earlier_actions;
std::atomic<int> crash_file{-1};
std::atomic<const Instance*> accused{nullptr};

// One line, built where nothing may be allocated: seconds since 1970, signal, and the plugin's
// sha256, callback and instance, parted by tabs.
class Line {
 public:
  void add(std::int64_t number) {
    const auto [end, error] = std::to_chars(at_, last(), number);
    if (error == std::errc()) at_ = end;
  }
  void add(std::string_view text) {
    const auto fits = std::min(text.size(), static_cast<std::size_t>(last() - at_));
    at_ = std::copy_n(text.data(), fits, at_);
  }
  void part() { *at_++ = '\t'; }
  std::string_view finish() {
    *at_++ = '\n';
    return {bytes_.data(), static_cast<std::size_t>(at_ - bytes_.data())};
  }

 private:
  // Room is left for all tabs and the end.
  char* last() { return bytes_.data() + bytes_.size() - 8; }

  std::array<char, 512> bytes_;
  char* at_ = bytes_.data();
};

void add_entry(int file, int signal) {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  Line line;
  line.add(std::int64_t{now.tv_sec});
  line.part();
  line.add(std::int64_t{signal});
  line.part();
  const CallScope* scope = CallScope::innermost();
  const Instance* instance = accused.load();
  if (instance == nullptr && scope != nullptr) instance = scope->instance();
  if (instance != nullptr) line.add(instance->sha256());
  line.part();
  if (instance != nullptr && scope != nullptr && scope->instance() == instance) {
    line.add(scope->callback());
  }
  line.part();
  if (instance != nullptr) line.add(instance->options().name);
  const std::string_view bytes = line.finish();
  // Nothing is left to do about a line that could not be written.
  [[maybe_unused]] const auto written = ::write(file, bytes.data(), bytes.size());
}

// Returning takes the thread to the instruction that failed: this time with what the signal did
// before. One that was sent, as abort() does, has to be sent again.
void on_fatal_signal(int signal, siginfo_t* info, void*) {
  const int error = errno;
  const int file = crash_file.exchange(-1);
  if (file >= 0) add_entry(file, signal);
  for (std::size_t n = 0; n < kSignals.size(); ++n) {
    if (kSignals[n] == signal) sigaction(signal, &earlier_actions[n], nullptr);
  }
  if (info->si_code <= 0) ::raise(signal);
  errno = error;
}

void take_signals() {
  struct sigaction action {};
  action.sa_sigaction = on_fatal_signal;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  for (std::size_t n = 0; n < kSignals.size(); ++n) {
    sigaction(kSignals[n], &action, &earlier_actions[n]);
  }
}

void give_signals_back() {
  for (std::size_t n = 0; n < kSignals.size(); ++n) {
    sigaction(kSignals[n], &earlier_actions[n], nullptr);
  }
}

std::string_view take_field(std::string_view& line) {
  const auto tab = line.find('\t');
  const auto field = line.substr(0, tab);
  line.remove_prefix(tab == std::string_view::npos ? line.size() : tab + 1);
  return field;
}

template <class T>
bool read_number(std::string_view text, T& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

std::optional<Crash> parse(std::string_view line) {
  constexpr std::int64_t kMaxSeconds = 9'000'000'000;
  std::int64_t seconds = 0;
  Crash crash;
  if (!read_number(take_field(line), seconds) || seconds <= 0 || seconds > kMaxSeconds ||
      !read_number(take_field(line), crash.signal)) {
    return std::nullopt;
  }
  crash.at = Timestamp::from_seconds(seconds);
  crash.sha256 = take_field(line);
  if (!crash.sha256.empty() && crash.sha256.size() != kShaLength) return std::nullopt;
  crash.callback = take_field(line);
  crash.instance = take_field(line);
  return crash;
}

std::vector<Crash> parse_all(std::string_view text) {
  std::vector<Crash> crashes;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) break;  // cut short
    if (auto crash = parse(text.substr(0, end))) crashes.push_back(std::move(*crash));
    text.remove_prefix(end + 1);
  }
  if (crashes.size() > kKept) crashes.erase(crashes.begin(), crashes.end() - kKept);
  return crashes;
}

Error failure(const std::filesystem::path& file) {
  return {"BLACK_BOX", file.string() + ": " + std::strerror(errno)};
}

}  // namespace

Result<std::unique_ptr<BlackBox>> BlackBox::open(const std::filesystem::path& file) {
  UniqueFd opened(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!opened) return failure(file);
  std::unique_ptr<BlackBox> box(new BlackBox(std::move(opened)));
  const auto text = read_file(file, kMaxFile);
  if (!text && text.error().code != "FILE_TOO_LARGE") {
    return Error("BLACK_BOX", text.error().message);
  }
  if (text) box->crashes_ = parse_all(*text);
  // After hundreds of crashes that nobody looked at the next one will tell as much.
  if (!text && ::ftruncate(box->file_.get(), 0) != 0) return failure(file);
  crash_file.store(box->file_.get());
  take_signals();
  return box;
}

BlackBox::~BlackBox() {
  give_signals_back();
  crash_file.store(-1);
}

bool BlackBox::blames(std::string_view sha256) const {
  return std::ranges::any_of(crashes_, [&](const Crash& one) { return one.sha256 == sha256; });
}

bool BlackBox::has_crashed_twice(Timestamp now, std::chrono::seconds span) const {
  return crashes_.size() >= 2 && now - crashes_[crashes_.size() - 2].at <= span;
}

Result<void> BlackBox::forgive() {
  if (::ftruncate(file_.get(), 0) != 0) return Error("BLACK_BOX", std::strerror(errno));
  crashes_.clear();
  return {};
}

void accuse(const Instance& instance) { accused.store(&instance); }

}  // namespace everbit::plugins
