#include "jobs/run_child.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "base/deadline.h"
#include "base/files.h"
#include "base/timestamp.h"
#include "jobs/progress_lines.h"
#include "jobs/sandbox.h"

namespace everbit::jobs {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{50};
constexpr std::size_t kMostErrors = 64 * 1024;

std::vector<std::string> arguments_of(const JobRequest& request, const ChildRun& run) {
  std::vector<std::string> words{"backtest",       "run",
                                 "--strategy",     run.strategy.string(),
                                 "--timeframe",    run.timeframe,
                                 "--from",         Timestamp::from_ns(request.from).to_iso(),
                                 "--to",           Timestamp::from_ns(request.to).to_iso(),
                                 "--capital",      request.initial_capital.to_string(),
                                 "--fee",          request.fee_rate.to_string(),
                                 "--slippage-bps", request.slippage_bps.to_string(),
                                 "--fill-model",   request.fill_model,
                                 "--strategy-key", request.strategy_key,
                                 "--json",         result_of(run).string(),
                                 "--progress-fd",  "3"};
  for (const auto& [market, file] : run.candles) {
    words.insert(words.end(), {"--candles", market + "=" + file.string()});
  }
  for (const auto& [key, value] : request.params) {
    words.insert(words.end(), {"--set", key + "=" + value});
  }
  for (const auto& [market, number] : request.priorities) {
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.begin(), text.end(), number).ptr;
    words.insert(words.end(), {"--priority", market + "=" + std::string(text.data(), end)});
  }
  return words;
}

// "everbit backtest run: CODE field: why": the first line of that kind.
ChildEnd refusal_of(const std::string& errors) {
  constexpr std::string_view kBefore = "everbit backtest run: ";
  ChildEnd end{ChildEnd::Kind::kRefused, "BACKTEST_FAILED", ""};
  const std::size_t at = errors.find(kBefore);
  if (at == std::string::npos) return end;
  const std::size_t from = at + kBefore.size();
  end.text = errors.substr(from, errors.find('\n', from) - from);
  const std::string code = end.text.substr(0, end.text.find_first_of(" :"));
  if (!code.empty() &&
      code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos) {
    end.code = code;
  }
  return end;
}

ChildEnd end_of(int status, const ChildRun& run) {
  const auto errors = read_file(run.folder / "errors", kMostErrors);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    std::error_code none;
    if (std::filesystem::exists(std::filesystem::symlink_status(result_of(run), none))) {
      return {ChildEnd::Kind::kDone, "", ""};
    }
    return {ChildEnd::Kind::kLost, "", "the child left no result"};
  }
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 1 || WEXITSTATUS(status) == 2)) {
    return refusal_of(errors ? *errors : std::string());
  }
  return {ChildEnd::Kind::kLost, "",
          WIFSIGNALED(status) ? "killed by signal " + std::to_string(WTERMSIG(status))
                              : "exit status " + std::to_string(WEXITSTATUS(status))};
}

}  // namespace

std::filesystem::path result_of(const ChildRun& run) { return run.folder / "result.json"; }

ChildEnd run_in_child(const JobRequest& request, const ChildRun& run,
                      const std::function<void(double)>& told,
                      const std::function<bool()>& may_go_on) {
  std::vector<std::filesystem::path> readable{run.strategy};
  for (const auto& [market, file] : run.candles) readable.push_back(file);
  auto child = SandboxedChild::start({run.program, arguments_of(request, run), run.folder,
                                      run.folder / "errors", std::move(readable), run.max_memory});
  if (!child) return {ChildEnd::Kind::kLost, "", to_string(child.error())};
  ProgressLines lines;
  Deadline stall = Deadline::after(run.stall);
  for (;;) {
    pollfd waiting{child->progress(), POLLIN, 0};
    (void)::poll(&waiting, 1, static_cast<int>(kLook.count()));
    // An end that is closed would be ready at once, again and again.
    if ((waiting.revents & POLLIN) == 0 && waiting.revents != 0) ::usleep(20'000);
    if (lines.read(child->progress(), told)) stall = Deadline::after(run.stall);
    int status = 0;
    if (child->has_ended(status)) return end_of(status, run);
    if (!may_go_on()) {
      child->kill();
      return {ChildEnd::Kind::kStopped, "", ""};
    }
    if (stall.expired()) {
      child->kill();
      return {ChildEnd::Kind::kLost, "", "no progress: the strategy does not return"};
    }
  }
}

}  // namespace everbit::jobs
